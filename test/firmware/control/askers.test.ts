import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { askerBy, askersFolder, makeAskersFolder } from '../../../firmware/control/askers.ts';

const proof = 'ab'.repeat(16);

const socketFor = (t: Test) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-askers-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const socket = join(folder, 'control.sock');
  makeAskersFolder(socket, process.getgid?.() ?? 0);
  return { socket, file: (name: string) => join(askersFolder(socket), name) };
};

test('he whose file it is asks, once', (t) => {
  const { socket, file } = socketFor(t);
  writeFileSync(file(proof), '');
  t.match(askerBy(socket, proof), new RegExp(`\\(${process.getuid?.()}\\)$`));
  t.notOk(existsSync(file(proof)));
  t.equal(askerBy(socket, proof), undefined, 'it counts once');
  for (const odd of [undefined, 7, '', '../control.sock', `${proof}a`, proof.toUpperCase()])
    t.equal(askerBy(socket, odd), undefined, String(odd));
  writeFileSync(file('left'), '');
  makeAskersFolder(socket, process.getgid?.() ?? 0);
  t.notOk(existsSync(file('left')), 'what is left over is thrown away at the start');
  t.end();
});

test("another's file that was linked there proves nothing", (t) => {
  const { socket, file } = socketFor(t);
  writeFileSync(`${socket}.other`, '');
  linkSync(`${socket}.other`, file(proof));
  t.equal(askerBy(socket, proof), undefined);
  t.end();
});

test('another user of the group puts his file there, and can neither list nor take one that is not his', {
  skip: process.getuid?.() !== 0 && 'needs root',
}, (t) => {
  const { socket, file } = socketFor(t);
  const [uid, gid] = [65_534, 4321];
  chownSync(askersFolder(socket), -1, gid);
  chmodSync(askersFolder(socket), 0o1730);
  t.equal(statSync(askersFolder(socket)).mode & 0o7777, 0o1730);
  const asOther = (script: string) => spawnSync('/bin/sh', ['-c', script], { uid, gid, encoding: 'utf8' });
  t.equal(asOther(`: >${file(proof)}`).status, 0);
  t.match(askerBy(socket, proof), /\(65534\)$/);
  writeFileSync(file(proof), '');
  t.not(asOther(`ls ${askersFolder(socket)}`).status, 0);
  t.not(asOther(`mv ${file(proof)} ${file('cd'.repeat(16))}`).status, 0);
  t.not(asOther(`rm -f ${file(proof)}`).status, 0);
  t.end();
});
