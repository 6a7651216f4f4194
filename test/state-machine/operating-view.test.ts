import { test } from 'tap';
import type { MonotonicMs } from '../../hal/units.ts';
import { operatorLines } from '../../state-machine/operating-view.ts';
import { identity } from './walk.ts';

const until = 60_000 as MonotonicMs;

test('a number that is typed is shown, beside whose terminal it is and what stands open there', (t) => {
  const asked = (wanted: 'signOn' | 'add') =>
    operatorLines({ name: 'operatorNumber', entered: '0', wanted, until }, identity, '待补小票 1', 'zh-CN');
  t.strictSame(asked('signOn'), ['示例便利店', '待补小票 1', '操作员号:0', '确认 清除 取消']);
  t.strictSame(asked('add'), ['柜员', '', '操作员号:0', '确认 清除 取消']);
  t.end();
});

test('M9: a password is shown as stars, never itself', (t) => {
  const typed = { entered: '246810', operator: '01', until };
  const screens = [
    operatorLines({ name: 'operatorPassword', ...typed, wanted: 'signOn' }, identity, '', 'en'),
    operatorLines({ name: 'newPassword', ...typed }, identity, '', 'en'),
    operatorLines({ name: 'newPassword', ...typed, first: '246810' }, identity, '', 'en'),
  ];
  for (const screen of screens) {
    t.equal(screen[2], '******');
    t.notMatch(screen.join(), '246810');
  }
  t.not(screens[1]?.[1], screens[2]?.[1], 'the second time it says so');
  t.end();
});

test('operators are listed fifteen a screen', (t) => {
  const ids = Array.from({ length: 22 }, (_, n) => String(n).padStart(2, '0'));
  const page = (at: number) => operatorLines({ name: 'operators', ids, at, until }, identity, '', 'en');
  t.strictSame(page(0), ['00 01 02 03 04', '05 06 07 08 09', '10 11 12 13 14', 'ENTER to go on']);
  t.strictSame(page(15), ['15 16 17 18 19', '20 21', '', 'ENTER to go on']);
  t.end();
});
