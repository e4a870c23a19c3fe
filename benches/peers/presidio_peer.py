"""Presidio beside `confidant evaluate pii`: the same sentences, scored alike, and the time of both.

Words count: a word that is labeled and found as the same kind is right. Places, addresses and
postal codes are one kind, as the owners of the sentences score. Kinds that Presidio does not look
for in its default setting are left out for both sides (`--all` keeps them).

    confidant evaluate pii --data DIR --predictions ours.jsonl
    python presidio_peer.py --data DIR/synth_dataset_v2.json --ours ours.jsonl --model en_core_web_sm
"""

import argparse
import collections
import io
import json
import re
import time

LABELS = {
    "PERSON": "person", "STREET_ADDRESS": "place", "GPE": "place", "ZIP_CODE": "place",
    "ORGANIZATION": "organization", "CREDIT_CARD": "card", "DATE_TIME": "date", "TITLE": "title",
    "PHONE_NUMBER": "phone", "AGE": "age", "NRP": "group", "EMAIL_ADDRESS": "email",
    "DOMAIN_NAME": "url", "IBAN_CODE": "iban", "US_SSN": "national_id", "IP_ADDRESS": "ip",
    "US_DRIVER_LICENSE": "driver_license",
}
OURS = {"address": "place", "postal_code": "place", "date_of_birth": "date"}
PEER = {
    "PERSON": "person", "LOCATION": "place", "ORGANIZATION": "organization", "CREDIT_CARD": "card",
    "DATE_TIME": "date", "PHONE_NUMBER": "phone", "NRP": "group", "EMAIL_ADDRESS": "email",
    "URL": "url", "IBAN_CODE": "iban", "US_SSN": "national_id", "US_ITIN": "national_id",
    "UK_NHS": "national_id", "IP_ADDRESS": "ip", "US_DRIVER_LICENSE": "driver_license",
    "US_PASSPORT": "passport", "CRYPTO": "crypto", "US_BANK_NUMBER": "account",
    "MEDICAL_LICENSE": "license", "AGE": "age", "MAC_ADDRESS": "mac",
}
UNKNOWN_TO_PEER = {"title", "age"}


def sentences(path):
    data = open(path, "rb").read()
    if path.endswith(".zst"):
        import zstandard

        data = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(io.BytesIO(data)).read()
    return json.loads(data)


def peer_findings(texts, model):
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # The list of domains that the package ships: asking for a newer one is not part of the work.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    settings = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
    engine = NlpEngineProvider(nlp_configuration=settings).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    analyzer.analyze(texts[0], language="en")
    start = time.perf_counter()
    found = [analyzer.analyze(text, language="en") for text in texts]
    seconds = time.perf_counter() - start
    spans = []
    for results in found:
        # Of overlapping findings the one with the higher score, then the longer one, counts.
        taken = []
        for one in sorted(results, key=lambda r: (-r.score, r.start - r.end)):
            if all(one.end <= other.start or other.end <= one.start for other in taken):
                taken.append(one)
        spans.append([(PEER.get(r.entity_type, r.entity_type), r.start, r.end) for r in taken])
    return spans, seconds


def kind_at(spans, start, end):
    return next((kind for kind, first, last in spans if first < end and start < last), None)


def score(data, spans, is_in, left_out):
    kinds = collections.defaultdict(lambda: [0, 0, 0])
    for sentence, found in zip(data, spans):
        if not is_in(sentence["template_id"]):
            continue
        labels = [(LABELS[s["entity_type"]], s["start_position"], s["end_position"])
                  for s in sentence["spans"]]
        for word in re.finditer(r"[^\W_]+", sentence["full_text"]):
            labeled = kind_at(labels, *word.span())
            guess = kind_at(found, *word.span())
            labeled = None if labeled in left_out else labeled
            guess = None if guess in left_out else guess
            if labeled:
                kinds[labeled][0] += 1
                kinds["any kind"][0] += 1
            if guess:
                kinds[guess][1] += 1
                kinds["any kind"][1] += 1
            if labeled and guess:
                kinds["any kind"][2] += 1
            if labeled and labeled == guess:
                kinds[labeled][2] += 1
    same = [sum(tally[i] for kind, tally in kinds.items() if kind != "any kind") for i in range(3)]
    kinds["same kind"] = same
    return kinds


def ratios(tally):
    labeled, found, both = tally
    precision = both / found if found else 0.0
    recall = both / labeled if labeled else 0.0
    below = 4 * precision + recall
    return precision, recall, 5 * precision * recall / below if below else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--model", default="en_core_web_lg")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    data = sentences(options.data)
    texts = [sentence["full_text"] for sentence in data]
    ours = [[(OURS.get(kind, kind), start, end) for kind, start, end in json.loads(line)]
            for line in open(options.ours)]
    peer, seconds = peer_findings(texts, options.model)
    size = sum(len(text.encode()) for text in texts)
    print(f"Presidio with {options.model}: {len(texts)} sentences, {size} bytes in {seconds:.1f} s, "
          f"{size / seconds / 1000:.1f} kB/s")
    left_out = set() if options.all else UNKNOWN_TO_PEER
    for name, is_in in [("even templates (ours were written on these)", lambda t: t % 2 == 0),
                        ("odd templates (held out)", lambda t: t % 2 == 1)]:
        print(f"\n{name}\n{'kind':<16}{'labeled':>8}   ours: prec  recall  F2      Presidio: prec  recall  F2")
        both = [score(data, spans, is_in, left_out) for spans in (ours, peer)]
        names = sorted(kind for kind in both[0] if both[0][kind][0] and " " not in kind)
        for kind in names + ["same kind", "any kind"]:
            left, right = (ratios(side[kind]) for side in both)
            print(f"{kind:<16}{both[0][kind][0]:>8}      " + "".join(f"{x:>7.3f}" for x in left)
                  + " " * 11 + "".join(f"{x:>7.3f}" for x in right))


if __name__ == "__main__":
    main()
