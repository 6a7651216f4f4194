import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { Monitor } from '../../firmware/control/monitor.ts';
import { Metrics } from '../../firmware/metrics.ts';
import { MetricsFile } from '../../firmware/metrics-file.ts';
import type { Report } from '../../firmware/runtime.ts';
import type { EpochMs, SaleId } from '../../hal/units.ts';
import { World } from '../state-machine/world.ts';
import { HandClock } from '../support/hand-clock.ts';

const clock = new HandClock();
const identity = { merchant: '示例便利店', branch: '测试路店', terminalId: '00000001', hotline: '95516' };
const monitor = new Monitor({ clock, build: '0.1.0-"odd"', identity, language: 'en' });

/** A sale captured, one declined, and one whose reversal is open. */
const world = new World().start().signOn();
world.upToPin().pin().authorised().printed().keys('enter').printed().keys('enter');
world.upToPin().pin().authorised({ outcome: 'declined', responseCode: '51' }).keys('enter');
world.upToPin().pin().authorised({ outcome: 'badMac' });
const status = () => monitor.status({ state: world.state, workingSince: undefined });

const heard = (...reports: readonly Report[]): Metrics => {
  const metrics = new Metrics();
  for (const fact of world.facts) metrics.hear({ type: 'fact', fact, state: world.state, tookMs: 4 });
  for (const report of reports) metrics.hear(report);
  return metrics;
};

test('transactions by kind and result, commits and an open reversal are counted', (t) => {
  const text = heard().text(status(), 1_795_000_000, 7, true);
  t.match(text, /^slipsafe_transactions_total\{kind="sale",result="captured"\} 1$/m);
  t.match(text, /^slipsafe_transactions_total\{kind="sale",result="declined"\} 1$/m);
  t.notMatch(text, /result="reversed"/);
  t.match(text, /^slipsafe_reversal_open 1$/m);
  t.match(text, /^slipsafe_starts_total 7$/m);
  t.match(text, /^slipsafe_clock_trusted 1$/m);
  const all = world.facts.length;
  t.match(text, `slipsafe_commit_seconds_bucket{le="0.0025"} 0\nslipsafe_commit_seconds_bucket{le="0.005"} ${all}\n`);
  t.match(text, `slipsafe_commit_seconds_count ${all}\n`);
  t.end();
});

test('what owes its slip and what is in doubt are results too', (t) => {
  const metrics = heard();
  const saleId = world.state.book.sales[0]?.id as SaleId;
  const at = 0 as EpochMs;
  const { state } = world;
  metrics.hear({ type: 'fact', fact: { type: 'slipOwed', at, saleId }, state, tookMs: 1 });
  metrics.hear({ type: 'fact', fact: { type: 'inDoubt', at, saleId, reason: '98' }, state, tookMs: 1 });
  const text = metrics.text(status(), 0, 1, true);
  for (const result of ['slipOwed', 'inDoubt']) t.match(text, `{kind="sale",result="${result}"} 1`);
  t.end();
});

test('faults, verdicts and the time to an answer are counted', (t) => {
  const { state } = world;
  const step = (event: object, from: string): Report =>
    ({ type: 'stepped', event, from, state: { ...state, phase: { name: 'reversing' } } }) as unknown as Report;
  const fault = { device: 'printer', code: 'silent', where: '/dev/x', what: 'w', remedy: 'r' } as const;
  const text = heard(
    { type: 'fault', fault },
    { type: 'fault', fault },
    step({ type: 'pin', at: 1000 }, 'pin'),
    step({ type: 'link', at: 2000 }, 'reversing'),
    step({ type: 'authorised', at: 2500, answer: {} }, 'authorising'),
    step({ type: 'printed', at: 2600, verdict: { verdict: 'NOT_PRINTED', cause: 'paperEnd' } }, 'printingMerchant'),
  ).text(status(), 0, 1, false);
  t.match(text, 'slipsafe_device_faults_total{device="printer",code="silent"} 2\n');
  t.match(text, 'slipsafe_print_verdicts_total{verdict="NOT_PRINTED",cause="paperEnd"} 1\n');
  t.match(text, 'slipsafe_answer_seconds_sum{message="authorisation"} 1.5\n');
  t.end();
});

test('every line is as the format wants it, and each family is described once', (t) => {
  const text = heard().text(status(), 0, 1, false);
  const sample = /^[a-z_]+(?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? -?[\d.e+-]+$/;
  const described = new Set<string>();
  for (const line of text.trimEnd().split('\n')) {
    const help = /^# HELP (\S+) ./.exec(line)?.[1];
    if (help !== undefined) {
      t.notOk(described.has(help), help);
      described.add(help);
    } else if (!/^# TYPE \S+ (?:counter|gauge|histogram)$/.test(line)) {
      t.match(line, sample);
      t.ok(described.has(line.replace(/[{ ].*/, '').replace(/_(?:bucket|sum|count)$/, '')), line);
    }
  }
  t.notMatch(text, /622200|RMB|1234/, 'no card and no amount (M9)');
  t.end();
});

test('the file is there whole at each moment, is written anew, and counts the starts', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-metrics-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'slipsafe.prom');
  const begin = (): MetricsFile => {
    const file = new MetricsFile(path, heard(), clock);
    file.begin(status, (why) => t.fail(why));
    return file;
  };
  begin().end();
  t.match(readFileSync(path, 'utf8'), /^slipsafe_starts_total 1$/m);
  const second = begin();
  t.match(readFileSync(path, 'utf8'), /^slipsafe_starts_total 2$/m);
  writeFileSync(path, '');
  clock.advance(15_000);
  t.match(readFileSync(path, 'utf8'), /^slipsafe_starts_total 2$/m);
  t.strictSame(readdirSync(folder), ['slipsafe.prom']);
  second.end();
  t.equal(clock.pending, 0);
  const problems: string[] = [];
  new MetricsFile(join(folder, 'no', 'where'), heard(), clock).begin(status, (why) => void problems.push(why));
  t.strictSame(problems, ['ENOENT']);
  t.equal(clock.pending, 0, 'and it is not tried again');
  t.end();
});
