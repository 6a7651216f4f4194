import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { boardNumber, waitForConfiguration } from '../../firmware/first-boot.ts';
import { widthOf } from '../../state-machine/view.ts';
import { VirtualBoard } from '../bench/board.ts';
import { HandClock } from '../support/hand-clock.ts';

test('a board without a configuration shows its number and what to do, and takes one up by itself', async (t) => {
  const it = await VirtualBoard.build();
  t.teardown(() => it.dismantle());
  const path = join(it.configurationPath, '..', 'later.json');
  const clock = new HandClock();
  const shown: string[] = [];
  const logged: object[] = [];
  const waiting = waitForConfiguration({
    path,
    errors: [`${path}: there is no such file; give its path with --config`],
    clock,
    show: ({ lines }) => void shown.push(...lines),
    log: (line, words) => void logged.push({ ...line, words }),
  });
  t.match(shown, ['Slipsafe', '未配置 No config', new RegExp(boardNumber()), /device\.md/]);
  for (const line of shown) t.ok(widthOf(line) <= 16, line);
  t.match(logged, [{ words: 'not configured', remedy: new RegExp(path) }]);
  clock.advance(3000);
  await new Promise((resolve) => setImmediate(resolve));
  writeFileSync(path, '{');
  for (let looks = 0; looks < 2; looks += 1) {
    clock.advance(3000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.match(shown.slice(4), ['Slipsafe', '配置错 Wrong cfg', /./, /./], 'a wrong one is told, once');
  t.equal(logged.length, 2);
  const right = JSON.parse(readFileSync(it.configurationPath, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...right, slip: { logo: '/nope.png' } }));
  clock.advance(3000);
  await new Promise((resolve) => setImmediate(resolve));
  t.match(logged[2], { errors: [/^slip\.logo: \/nope\.png/], words: 'configuration is not right' });
  copyFileSync(it.configurationPath, path);
  clock.advance(3000);
  t.equal((await waiting).terminal.id, '00000001');
});

test('a wrong configuration is called wrong, with what is wrong in it', (t) => {
  const shown: string[] = [];
  const logged: object[] = [];
  void waitForConfiguration({
    path: '/x/terminal.json',
    errors: ['language: expected "zh-CN", found "fr"'],
    clock: new HandClock(),
    show: ({ lines }) => void shown.push(...lines),
    log: (line, words) => void logged.push({ ...line, words }),
  });
  t.match(shown, [/./, '配置错 Wrong cfg']);
  t.match(logged, [{ errors: [/language/], words: 'configuration is not right' }]);
  t.end();
});

test("a board's number is the end of the first that it has", (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-number-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'serial');
  writeFileSync(file, '00000000deadbeef\0');
  t.equal(boardNumber([join(folder, 'none'), file]), 'DEADBEEF');
  t.equal(boardNumber([join(folder, 'none')]), 'UNKNOWN');
  t.end();
});
