// Fills in a form with the engine of ODK Web Forms and prints what it would send. Arguments as those of Fill.java.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { JSDOM } from 'jsdom';

const [formPath, answersPath, mediaFolder, place] = process.argv.slice(2);
const answers = readFileSync(answersPath, 'utf8').split('\n').filter(Boolean).map((line) => line.split('\t'));

const { window } = new JSDOM('', { url: 'https://forms.example/' });
for (const name of ['window', 'document', 'DOMParser', 'XMLSerializer', 'Node', 'Element', 'Attr', 'Text', 'Comment',
  'CDATASection', 'ProcessingInstruction', 'Document', 'XMLDocument', 'XPathResult', 'NodeFilter', 'Blob', 'File',
  'FormData', 'localStorage']) {
  globalThis[name] = name === 'window' ? window : window[name];
}
globalThis.__dirname = '/'; // its parser looks for a folder of its own
console.log = console.error; // the engine talks on the standard output

// The phone's clock: what it shows when a question is answered.
let clock = Number(answers[0][2]);
const RealDate = Date;
class PhoneDate extends RealDate {
  constructor(...parts) {
    super(...(parts.length ? parts : [clock]));
  }

  static now() {
    return clock;
  }
}
globalThis.Date = PhoneDate;

const { createInstance } = await import('@getodk/xforms-engine');
const media = async (url) => new Response(readFileSync(join(mediaFolder, String(url).split('/').pop()), 'utf8'));
const { root } = await createInstance(readFileSync(formPath, 'utf8'), {
  form: { fetchFormAttachment: media },
  instance: { geolocationProvider: { getLocation: async () => place } },
});

// Answers arrive in the order of the form, so that what an answer makes relevant is there for the next.
for (const [path, value, time] of answers) {
  clock = Number(time);
  const node = find(path);
  answer(node, value);
  await new Promise((done) => setTimeout(done, 5)); // places come a moment later
}

const violations = root.validationState?.violations ?? [];
if (violations.length) {
  fail(`Not valid: ${violations.map((one) => one.reference).join(', ')}`);
}
const payload = await root.prepareInstancePayload({ payloadType: 'monolithic' });
if (payload.status !== 'ready') {
  fail(`Not ready: ${payload.status}`);
}
const file = payload.data[0].get('xml_submission_file');
process.stdout.write(await text(file));
process.exit(0);

function find(path) {
  let reference = root.currentState.reference ?? '/data';
  reference = '/data';
  let node = root;
  for (const part of path.split('/')) {
    const [, name, number] = /^(.*?)(?:\[(\d+)\])?$/.exec(part);
    reference += `/${name}`;
    node = number ? repeated(child(node, name), Number(number)) : child(node, name);
  }
  return node;
}

function child(node, name) {
  const found = (node.currentState.children ?? []).find((one) => localName(one) === name);
  return found ?? fail(`Not there: ${name}`);
}

function localName(node) {
  return node.currentState.reference.split('/').pop().replace(/\[.*$/, '');
}

function repeated(range, number) {
  while (range.currentState.children.length < number) {
    range.addInstances(range.currentState.children.length - 1, 1);
  }
  return range.currentState.children[number - 1];
}

function answer(node, value) {
  if (!node.currentState.relevant) {
    fail(`Not asked: ${node.currentState.reference}`);
  }
  if (node.nodeType === 'select') {
    node.selectValues(value.split(' '));
  } else if (node.nodeType === 'upload') {
    node.setValue(new window.File(['x'], value));
  } else {
    node.setValue(typed(node, value));
  }
}

function typed(node, value) {
  if (node.valueType === 'int') {
    return BigInt(value);
  }
  if (node.valueType === 'decimal') {
    return Number(value);
  }
  if (node.valueType === 'geopoint') {
    const [latitude, longitude, altitude, accuracy] = value.split(' ').map(Number);
    return { latitude, longitude, altitude, accuracy };
  }
  return value;
}

function text(blob) {
  return new Promise((done) => {
    const reader = new window.FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsText(blob);
  });
}

function fail(why) {
  console.error(why);
  process.exit(2);
}
