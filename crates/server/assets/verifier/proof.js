// Checks proofs of a transparency log (c2sp.org/tlog-proof, signed-note, tlog-checkpoint; the tree
// of RFC 6962) and signed receipts, with nothing but WebCrypto. The same rules as
// `confidant verify`: what is not written exactly as the formats say is refused.

const NUMBER_MAX = 2n ** 63n - 1n;
const NOTE_BYTES_MAX = 512 * 1024;
const PROOF_BYTES_MAX = NOTE_BYTES_MAX + 2 * 64 * 1024;
const SIGNATURES_MAX = 64;
const HASHES_MAX = 63;
const RECEIPT_FORMATS = ['confidant-receipt-v1', 'confidant-consent-receipt-v1'];
const KINDS = 9;
const ORDER = 9;

/** A file that is not proven; the code names why. */
export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const must = (holds, code) => {
  if (!holds) throw new Refused(code);
};
const utf8 = (text) => new TextEncoder().encode(text);
const concat = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function fromHex(text, length, code) {
  must(typeof text === 'string' && text.length === 2 * length && /^[0-9a-f]*$/.test(text), code);
  return Uint8Array.from({ length }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

function fromBase64(text, code) {
  must(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, code);
  const letters = atob(text);
  must(btoa(letters) === text, code);
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function number(text, code) {
  must(/^(0|[1-9][0-9]*)$/.test(text) && text.length <= 19, code);
  const value = BigInt(text);
  must(value <= NUMBER_MAX, code);
  return value;
}

function hash(text, code) {
  const bytes = fromBase64(text, code);
  must(bytes.length === 32, code);
  return bytes;
}

async function verifies(key, signature, message) {
  try {
    const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', imported, signature, message);
  } catch (error) {
    if (error.name === 'NotSupportedError') throw new Refused('browser');
    return false;
  }
}

/** Reads the key of a log, `name+id+base64`; an id that does not fit is refused. */
export async function readKey(text) {
  const [name, id, ...rest] = text.trim().split('+');
  const data = fromBase64(rest.join('+'), 'key');
  must(name && utf8(name).length <= 255 && !/[\s\p{Cc}]/u.test(name), 'key');
  must(/^[0-9a-f]{8}$/.test(id ?? '') && data.length === 33 && data[0] === 1, 'key');
  const own = await sha256(utf8(`${name}\n`), data);
  must(hexOf(own.slice(0, 4)) === id, 'key');
  return { name, id, bytes: data.slice(1) };
}

function readNote(whole) {
  must(utf8(whole).length <= NOTE_BYTES_MAX && whole.endsWith('\n'), 'note');
  must(![...whole].some((letter) => letter < ' ' && letter !== '\n'), 'note');
  const cut = whole.lastIndexOf('\n\n');
  must(cut >= 0, 'note');
  const lines = whole.slice(cut + 2, -1).split('\n');
  must(whole.length > cut + 2 && lines.length <= SIGNATURES_MAX, 'note');
  const signatures = lines.map((line) => {
    const [dash, name, data, ...more] = line.split(' ');
    must(dash === '\u2014' && name && data !== undefined && more.length === 0, 'note');
    const bytes = fromBase64(data, 'note');
    must(bytes.length > 4 && !name.includes('+'), 'note');
    return { name, id: hexOf(bytes.slice(0, 4)), bytes: bytes.slice(4) };
  });
  return { text: whole.slice(0, cut + 1), signatures };
}

function readCheckpoint(text) {
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n');
  must(origin && size && root && extensions.every((line) => line), 'checkpoint');
  return { origin, size: number(size, 'checkpoint'), root: hash(root, 'checkpoint') };
}

function readProof(whole) {
  must(utf8(whole).length <= PROOF_BYTES_MAX, 'proof');
  const cut = whole.indexOf('\n\n');
  must(cut >= 0, 'proof');
  const lines = whole.slice(0, cut).split('\n');
  must(lines.shift() === 'c2sp.org/tlog-proof@v1', 'proof');
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift().slice(6), 'proof') : null;
  const line = lines.shift() ?? '';
  must(line.startsWith('index ') && lines.length <= HASHES_MAX, 'proof');
  const index = number(line.slice(6), 'proof');
  const path = lines.map((one) => hash(one, 'proof'));
  const note = readNote(whole.slice(cut + 2));
  return { extra, index, path, note, checkpoint: readCheckpoint(note.text) };
}

function readDisclosure(extra) {
  must(extra?.length === 38 && extra[0] === 1 && extra[1] >= 1 && extra[1] <= KINDS, 'opening');
  const hour = new DataView(extra.buffer, extra.byteOffset).getUint32(2);
  return { kind: extra[1], hour, opening: extra.slice(6) };
}

const commit = (kind, opening, record) => sha256(utf8('confidant.commitment/1\n'), [kind], opening, record);

async function leafOf({ kind, hour, opening }, record) {
  const when = new Uint8Array(4);
  new DataView(when.buffer).setUint32(0, hour);
  const commitment = await commit(kind, opening, record);
  return sha256([0], utf8('confidant.entry/1\n'), [kind], when, commitment);
}

/** RFC 9162, section 2.1.3.2. */
async function leadsTo(leaf, index, path, { size, root }) {
  if (index >= size) return false;
  let [place, last, own] = [index, size - 1n, leaf];
  for (const step of path) {
    if (last === 0n) return false;
    if (place & 1n || place === last) {
      own = await sha256([1], step, own);
      while (!(place & 1n) && place !== 0n) [place, last] = [place >> 1n, last >> 1n];
    } else {
      own = await sha256([1], own, step);
    }
    [place, last] = [place >> 1n, last >> 1n];
  }
  return last === 0n && same(own, root);
}

async function proves(text, disclosed, record, key) {
  const proof = readProof(text);
  const own = proof.note.signatures.find((one) => one.name === key.name && one.id === key.id);
  must(own && proof.checkpoint.origin === key.name, 'signature');
  must(own.bytes.length === 64 && (await verifies(key.bytes, own.bytes, utf8(proof.note.text))), 'signature');
  const disclosure = disclosed ?? readDisclosure(proof.extra);
  const leaf = await leafOf(disclosure, record);
  must(await leadsTo(leaf, proof.index, proof.path, proof.checkpoint), 'inclusion');
  return { index: proof.index, size: proof.checkpoint.size, hour: disclosure.hour, origin: key.name };
}

async function checkRecord({ kind, record, proof }, key) {
  must(typeof record === 'string' && typeof kind === 'string', 'malformed');
  if (proof === undefined || proof === null) return { kind, record, waits: true };
  must(typeof proof === 'string', 'malformed');
  return { kind, record, ...(await proves(proof, null, utf8(record), key)) };
}

async function checkPurchase(receipt, answer, key) {
  const { record, commitment } = receipt;
  must(typeof record === 'string', 'malformed');
  const opening = fromHex(receipt.opening, 32, 'opening');
  const own = await commit(ORDER, opening, utf8(record));
  must(hexOf(own) === commitment, 'opening');
  const [kind, hour] = ['order', answer?.hour];
  if (!answer?.proof || hour === undefined) return { kind, record, waits: true };
  const disclosed = { kind: ORDER, hour, opening };
  return { kind, record, ...(await proves(answer.proof, disclosed, utf8(record), key)) };
}

async function checkReceipt(receipt, logged, key) {
  const { format, payload } = receipt;
  must(RECEIPT_FORMATS.includes(format) && typeof payload === 'string', 'malformed');
  const signer = fromHex(receipt.key, 32, 'malformed');
  const signature = fromHex(receipt.signature, 64, 'malformed');
  must(await verifies(signer, signature, utf8(`${format}\n${payload}`)), 'signature');
  const found = { kind: 'receipt', record: payload, signer: receipt.key };
  if (!logged) return found;
  const one = logged.find(({ record }) => record === payload);
  must(one, 'elsewhere');
  return { ...found, ...(await checkRecord(one, key)) };
}

function read(bytes) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refused('malformed');
  }
}

/** Checks files that belong together: records, a receipt, or a purchase, with or without proof. */
export async function check(files, keyText) {
  const documents = files.map(read).map((one) => one?.receipt ?? one);
  must(documents.every((one) => typeof one === 'object' && one !== null), 'malformed');
  const key = keyText.trim() ? await readKey(keyText) : null;
  const logged = documents.find(({ records }) => Array.isArray(records))?.records;
  const purchase = documents.find(({ format }) => format === 'confidant-purchase-v1');
  const receipt = documents.find(({ format }) => RECEIPT_FORMATS.includes(format));
  must(key || (receipt && !logged), 'nokey');
  if (purchase) {
    return [await checkPurchase(purchase, documents.find((one) => one !== purchase), key)];
  }
  if (receipt) return [await checkReceipt(receipt, logged, key)];
  must(logged, 'malformed');
  const checked = [];
  for (const one of logged) checked.push(await checkRecord(one, key));
  return checked;
}
