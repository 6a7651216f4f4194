import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { checkPrinterProfile } from '../../../drivers/printer/printer-profile.ts';
import { printerProfile, profileNames, readPrinterProfile } from '../../../drivers/printer/profile-files.ts';

const own = {
  for: 'a printer of a test',
  paper: { 58: { widthDots: 384, columns: 32 } },
  baudRate: 9600,
  lineMm: 3.75,
  mmPerSecond: { slowest: 40, fastest: 100 },
  tearOffLines: 4,
  cutter: false,
  automaticStatus: false,
  status: { paperEnd: '04', unrecoverable: '08', overheat: '40', nearEnd: '00' } as object | string,
  fence: 'paperStatus',
  cancel: 'none',
};

const errorsOf = (change: object): readonly string[] => {
  const result = checkPrinterProfile({ ...own, ...change }, 'own', 58);
  return result.valid ? [] : result.errors;
};

test('the profiles that come with Slipsafe are files, found beside the built code, each of them right', (t) => {
  t.strictSame(profileNames(), ['cheap58', 'clone', 'epson', 'mute']);
  for (const name of profileNames()) t.match(printerProfile(name), { name, columns: 32, widthDots: 384 });
  t.match(printerProfile('epson', 80), { columns: 48, widthDots: 576, fence: 'processId', silenceMs: 5000 });
  t.match(printerProfile('cheap58').status, { paperEnd: 0x04, overheat: 0x40 });
  t.throws(() => printerProfile('cheap58', 80), /nothing for 80 mm, found 58/);
  t.throws(() => printerProfile('star'), /expected "cheap58", "clone", "epson", "mute" or the path of a file/);
  t.end();
});

test('a malformed profile is refused: each error names the key, what was expected and what was found', (t) => {
  t.strictSame(errorsOf({}), []);
  t.match(errorsOf({ fence: 'drain' }), [/^fence: expected .*"paperStatus".*, found "drain"$/]);
  t.strictSame(errorsOf({ colour: 'red' }), ['colour: no such key']);
  t.strictSame(errorsOf({ cutter: undefined }), ['cutter: missing']);
  t.match(errorsOf({ tearOffLines: 2.5 }), [/^tearOffLines: expected a whole number, found 2.5$/]);
  t.match(errorsOf({ status: { ...(own.status as object), paperEnd: 4 } }), [/^status.*found/]);
  t.match(errorsOf({ mmPerSecond: { slowest: 100, fastest: 40 } }), [/^mmPerSecond: expected slowest/]);
  t.match(errorsOf({ paper: {} }), [/^paper: expected a width of paper/]);
  t.match(errorsOf({ paper: { 58: { widthDots: 384, columns: 48 } } }), [
    /^paper\.58: expected columns .* fit widthDots/,
  ]);
  t.end();
});

test('a profile that lies is refused: no printer can be what it says', (t) => {
  t.match(errorsOf({ automaticStatus: true }), [/^automaticStatus: .*GS a is another command/]);
  t.match(errorsOf({ status: 'none' }), [/^fence: "paperStatus" needs a printer/]);
  t.match(errorsOf({ cancel: 'clearBuffers' }), [/^cancel: "clearBuffers" needs status "realTime"/]);
  t.match(errorsOf({ status: 'realTime', fence: 'none', cancel: 'recover' }), [/^cancel: .* and a fence/]);
  const bits = (change: object) => errorsOf({ status: { ...(own.status as object), ...change } });
  t.match(bits({ paperEnd: '00' }), [/^status\.paperEnd: expected a bit/]);
  t.match(bits({ overheat: '10' }), [/^status: bits 80 and 10/]);
  t.match(bits({ nearEnd: '0C' }), [/^status: paperEnd shares a bit/]);
  t.end();
});

test('a file of one’s own is read by its path, and refused with it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-profile-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'panel.json');
  t.strictSame(readPrinterProfile('panel.json', 58, folder), {
    valid: false,
    errors: [`${path}: there is no such file`],
  });
  writeFileSync(path, '{ "for": ');
  t.match(readPrinterProfile('./panel.json', 58, folder), { valid: false, errors: [/panel\.json: no valid JSON/] });
  t.match(readPrinterProfile(`${folder}/../${'x'.repeat(300)}.json`, 58, '/'), {
    valid: false,
    errors: [/ENAMETOOLONG/],
  });
  writeFileSync(path, JSON.stringify({ ...own, fence: 'drain' }));
  t.match(readPrinterProfile(path, 58, '/'), { valid: false, errors: [/panel\.json: fence: expected/] });
  writeFileSync(path, JSON.stringify(own));
  t.match(readPrinterProfile('panel.json', 58, folder), { valid: true, profile: { name: 'panel', columns: 32 } });
  t.end();
});
