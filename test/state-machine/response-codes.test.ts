import { test } from 'tap';
import { needsSignOn, responseCode } from '../../state-machine/response-codes.ts';

test('every code has words, also one that nobody documented (001-06, 003-16)', async (t) => {
  t.match(responseCode('51'), { class: 'C', text: { 'zh-CN': '可用余额不足', en: 'Not enough funds' } });
  t.match(responseCode('ZZ'), { text: { 'zh-CN': '交易失败' } });
  t.match(responseCode('constructor'), { text: { 'zh-CN': '交易失败' } });
});

test('a session that the acquirer does not share is begun anew', async (t) => {
  t.strictSame(['77', '99', 'A0', '51', '00'].map(needsSignOn), [true, true, true, false, false]);
});
