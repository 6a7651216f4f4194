import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { test } from 'tap';
import { BadSignature, readPublicKey, readSecretKey, signFile, verifyFile } from '../../../firmware/update/minisign.ts';
import { makeKeys } from '../../support/bundles.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipsafe-minisign-'));
tap.teardown(() => rmSync(folder, { recursive: true, force: true }));
const keys = makeKeys(folder);
const open = readPublicKey(readFileSync(keys.open, 'utf8'));
const secret = readSecretKey(readFileSync(keys.secret, 'utf8'));
const content = Buffer.from('a bundle\n'.repeat(1000));
const file = join(folder, 'file');
writeFileSync(file, content);

test('minisign accepts our signature, and says its trusted comment', (t) => {
  writeFileSync(`${file}.minisig`, signFile(content, 'slipsafe 0.1.0-abc x64 epoch 1', secret));
  const { status, stdout } = spawnSync('minisign', ['-V', '-m', file, '-p', keys.open], { encoding: 'utf8' });
  t.equal(status, 0);
  t.match(stdout, /Trusted comment: slipsafe 0\.1\.0-abc x64 epoch 1/);
  t.end();
});

test("we accept minisign's, and it and ours are refused when a bit is another", (t) => {
  execFileSync('minisign', ['-S', '-s', keys.secret, '-m', file, '-x', join(folder, 'theirs'), '-t', 'words']);
  const theirs = readFileSync(join(folder, 'theirs'), 'utf8');
  t.equal(verifyFile(content, theirs, open), 'words');
  const altered = Buffer.from(content);
  altered[5000] = (altered[5000] as number) ^ 1;
  t.throws(() => verifyFile(altered, theirs, open), new BadSignature('it was altered, or is not complete'));
  t.throws(() => verifyFile(content.subarray(0, -1), theirs, open), /not complete/);
  t.throws(() => verifyFile(content, theirs.replace('words', 'swords'), open), /comment was altered/);
  const other = readPublicKey(readFileSync(makeKeys(folder, 'other').open, 'utf8'));
  t.throws(() => verifyFile(content, theirs, other), /another key/);
  for (const torn of ['', 'x', theirs.slice(0, 40), theirs.split('\n').slice(0, 2).join('\n')])
    t.throws(() => verifyFile(content, torn, open), /no signature of minisign|comment was altered/, torn);
  t.end();
});

test('what is no key is refused, and so is a secret key with a password', (t) => {
  t.throws(() => readPublicKey('hello'), /no public key/);
  t.throws(() => readSecretKey(readFileSync(keys.open, 'utf8')), /no secret key/);
  const [comment, key = ''] = readFileSync(keys.secret, 'utf8').split('\n');
  const locked = Buffer.from(key, 'base64');
  locked.write('Sc', 2);
  t.throws(() => readSecretKey(`${comment}\n${locked.toString('base64')}\n`), /has a password/);
  t.end();
});
