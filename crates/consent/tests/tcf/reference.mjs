// The reference codec of the IAB beside ours: reads JSON values, one a line, to the
// end; then answers each with a line.
//
// {"model": ..., "text": ...}: the text decoded, and the model encoded.
// {"text": ...}: the text decoded, or the reason why it is refused.
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const require = createRequire(join(process.env.CONFIDANT_NODE_MODULES, "of-tests.cjs"));
const { PurposeRestriction, Segment, SegmentEncoder, TCModel, TCString } =
  require("@iabtechlabtcf/core");

// Every number is a vendor of the list: the codec bridges numbers that are none.
const everyVendor = { vendorIds: { has: () => true } };

const ranges = (ids) => {
  const sorted = [...ids].sort((a, b) => a - b);
  const found = [];
  for (const id of sorted) {
    const last = found.at(-1);
    if (last && last[1] === id - 1) last[1] = id;
    else found.push([id, id]);
  }
  return found;
};

const read = (string) => {
  const model = TCString.decode(string);
  const restrictions = model.publisherRestrictions;
  const rows = restrictions.getRestrictions().map((one) => [
    one.purposeId, one.restrictionType, ranges(restrictions.getVendors(one)),
  ]);
  rows.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return {
    created: model.created.getTime() / 100,
    lastUpdated: model.lastUpdated.getTime() / 100,
    cmp: [model.cmpId, model.cmpVersion, model.consentScreen],
    consentLanguage: model.consentLanguage,
    vendorListVersion: model.vendorListVersion,
    policyVersion: model.policyVersion,
    flags: [model.isServiceSpecific, model.useNonStandardTexts, model.purposeOneTreatment],
    specialFeatures: ranges(model.specialFeatureOptins.values()),
    purposesConsent: ranges(model.purposeConsents.values()),
    purposesLi: ranges(model.purposeLegitimateInterests.values()),
    publisherCountry: model.publisherCountryCode,
    vendorConsents: ranges(model.vendorConsents.values()),
    vendorLi: ranges(model.vendorLegitimateInterests.values()),
    restrictions: rows,
    disclosed: ranges(model.vendorsDisclosed.values()),
    allowed: ranges(model.vendorsAllowed.values()),
    publisher: {
      purposesConsent: ranges(model.publisherConsents.values()),
      purposesLi: ranges(model.publisherLegitimateInterests.values()),
      customPurposes: model.numCustomPurposes,
      customConsent: ranges(model.publisherCustomConsents.values()),
      customLi: ranges(model.publisherCustomLegitimateInterests.values()),
    },
  };
};

const fill = (vector, all) => {
  for (const [first, last] of all) for (let id = first; id <= last; id++) vector.set(id);
};

const write = (from, segments) => {
  const model = new TCModel();
  model.created = new Date(from.created * 100);
  model.lastUpdated = new Date(from.lastUpdated * 100);
  [model.cmpId, model.cmpVersion, model.consentScreen] = from.cmp;
  model.consentLanguage = from.consentLanguage;
  model.vendorListVersion = from.vendorListVersion;
  model.policyVersion = from.policyVersion;
  [model.isServiceSpecific, model.useNonStandardTexts, model.purposeOneTreatment] = from.flags;
  fill(model.specialFeatureOptins, from.specialFeatures);
  fill(model.purposeConsents, from.purposesConsent);
  fill(model.purposeLegitimateInterests, from.purposesLi);
  model.publisherCountryCode = from.publisherCountry;
  fill(model.vendorConsents, from.vendorConsents);
  fill(model.vendorLegitimateInterests, from.vendorLi);
  for (const [purpose, kind, all] of from.restrictions) {
    const restriction = new PurposeRestriction(purpose, kind);
    for (const [first, last] of all) {
      for (let id = first; id <= last; id++) model.publisherRestrictions.add(id, restriction);
    }
  }
  model.publisherRestrictions.gvl = everyVendor;
  fill(model.vendorsDisclosed, from.disclosed);
  fill(model.vendorsAllowed, from.allowed);
  fill(model.publisherConsents, from.publisher.purposesConsent);
  fill(model.publisherLegitimateInterests, from.publisher.purposesLi);
  model.numCustomPurposes = from.publisher.customPurposes;
  fill(model.publisherCustomConsents, from.publisher.customConsent);
  fill(model.publisherCustomLegitimateInterests, from.publisher.customLi);
  return segments.map((name) => SegmentEncoder.encode(model, Segment[name])).join(".");
};

const answer = (question) => {
  const said = {};
  try {
    said.read = read(question.text);
  } catch (error) {
    said.refused = String(error.message ?? error);
  }
  if (question.model) said.written = write(question.model, question.segments);
  return said;
};

const questions = await text(process.stdin);
for (const question of questions.trimEnd().split("\n")) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(question)))}\n`);
}
