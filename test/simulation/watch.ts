import { basename, dirname } from 'node:path';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { openVault } from '../../firmware/compose.ts';
import type { Report } from '../../firmware/runtime.ts';
import { filesOf } from '../../firmware/terminal-files.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { Copy, LastSettlement } from '../../state-machine/sale.ts';
import type { LineMessage } from '../bench/acquirer/bench-acquirer.ts';
import { textOf, unpack } from '../bench/acquirer/iso8583.ts';
import { batchOf, isTrade, kindOf } from '../bench/acquirer/rules.ts';
import type { PaperLine } from '../bench/printer/paper.ts';
import type { SimulatedBoard } from './board.ts';
import { columnOf, counts, isOpen, LedgerView } from './ledger-view.ts';
import type { PaperRoll } from './paper-roll.ts';
import { Violation } from './violation.ts';

/** Longer than this, in ms, nobody may be told to wait: a connection, an answer or a slip is over by then. */
const longestWaitMs = 300_000;

/** Length, TPDU and header before a message. */
const envelopeBytes = 13;

const inCents = (shown = ''): number => Math.round(Number(shown.replace('RMB', '')) * 100);

/**
 * Looks on from outside, at every fact, message, screen and line of paper, and holds what it sees to the rules of
 * money. What can only be told at rest is in agreement.ts.
 */
export class Watch {
  readonly ledger = new LedgerView();
  readonly #board: SimulatedBoard;
  readonly #paper: PaperRoll;
  /** Every fact that the terminal was told is durable, as JSON. */
  readonly #acknowledged: string[] = [];
  readonly #requests = new Set<string>();
  #ledgerKey: Uint8Array | undefined;
  /** All PIN blocks that left for the acquirer, in hex. */
  readonly pinBlocks: string[] = [];
  /** What was shown last to be confirmed, in 分; undefined while the display can't be relied on. */
  #shown: number | undefined;
  /** What stands on the disk and nobody was told, since before the terminal started. */
  #unacknowledged: Fact[] = [];
  /** Since when the display has said nothing but 请稍候. */
  #waitingSince: number | undefined;
  /** Sales of which the terminal was told that the acquirer holds nothing. */
  readonly #acknowledgedReversals = new Set<string>();
  /** The acquirer turned to another batch by itself in these. */
  readonly #leftBatches = new Set<number>();

  constructor(board: SimulatedBoard, paper: PaperRoll) {
    this.#board = board;
    this.#paper = paper;
  }

  /** M8: what stands on the disk before the terminal starts is all that it was told is there, and nothing else. */
  beforeStart(): void {
    this.#waitingSince = undefined;
    const found = this.#onDisk();
    for (const [index, known] of this.#acknowledged.entries()) {
      const fact = found[index];
      if (fact === undefined)
        throw new Violation(
          'M8',
          `fact ${index + 1} of ${this.#acknowledged.length} was acknowledged and is lost: ${known}`,
        );
      if (JSON.stringify(fact) !== known)
        throw new Violation('M8', `fact ${index + 1} was acknowledged and is another now: ${known}`);
    }
    // One that was on its way to the disk may have arrived; those that open a batch arrive together.
    const more = found.slice(this.#acknowledged.length);
    const allowed = more.filter((fact) => fact.type !== 'carried').length <= 1;
    if (!allowed) throw new Violation('M8', `${more.length} facts are there that nobody acknowledged`);
    this.#unacknowledged = more;
  }

  /** All facts that a technician finds there, oldest first; of two copies those of the one that goes further. */
  #onDisk(): readonly Fact[] {
    const { configuration, disk, ledgerInstead } = this.#board;
    if (ledgerInstead !== undefined) return ledgerInstead.facts(disk.content);
    const outside = { fileSystem: disk.content, randomBytes: (size: number) => Buffer.alloc(size) };
    this.#ledgerKey ??= openVault(configuration, outside).ledgerKey();
    const { directory, mirror } = filesOf(configuration).ledger;
    const first = this.#factsIn(directory, this.#ledgerKey);
    const isMirrored = mirror !== undefined && disk.content.readdir(dirname(mirror)).includes(basename(mirror));
    const second = isMirrored ? this.#factsIn(mirror, this.#ledgerKey) : [];
    return second.length > first.length ? second : first;
  }

  #factsIn(directory: string, ledgerKey: Uint8Array): readonly Fact[] {
    const settings = { directory, ledgerKey };
    return [...new LedgerStore<Fact>(settings, this.#board.disk.content).verify()].flatMap(({ facts, verdict }) => {
      if (verdict.intact || verdict.flaw === 'torn' || verdict.flaw === 'scarred') return facts;
      throw new Violation('M8', `the ledger is ${verdict.flaw}: ${verdict.what}`);
    });
  }

  report(report: Report): void {
    // From now on they are certain: a terminal that could not open its ledger has promised nothing.
    if (report.type === 'opened') for (const fact of this.#unacknowledged.splice(0)) this.#take(fact);
    if (report.type === 'fact') this.#take(report.fact);
    if (report.type === 'bug') {
      const { error } = report;
      throw new Violation('M10', `a bug stopped trading: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  #take(fact: Fact): void {
    this.#acknowledged.push(JSON.stringify(fact));
    if (fact.type === 'batchOpened') this.#batchClosed(fact.settled);
    this.ledger.take(fact);
    if (fact.type === 'reversed') this.#reversed(fact.saleId);
    if (fact.type === 'captured') this.#onPaper('merchant', fact.saleId, 'M2');
    if (fact.type === 'printed') this.#onPaper(fact.copy, fact.saleId, fact.copy === 'reversal' ? 'M4' : 'M2');
  }

  /** A slip counts as printed only when it lies there. */
  #onPaper(kind: Copy, saleId: string, rule: string): void {
    const sale = this.ledger.sale(saleId);
    if (sale === undefined) throw new Violation('M8', `a fact of a sale that was never intended: ${saleId}`);
    if (!this.#paper.hasWhole(kind, sale.batch, sale.stan)) {
      throw new Violation(rule, `the ${kind} slip of voucher ${sale.stan} is said to be out, and is not on paper`);
    }
  }

  acquirerTurned(from: number): void {
    this.#leftBatches.add(from);
  }

  /** M5: only the acquirer's word ends a reversal. */
  #reversed(saleId: string): void {
    const sale = this.ledger.sale(saleId);
    if (sale !== undefined && !this.#acknowledgedReversals.has(`${sale.batch}/${sale.stan}`)) {
      throw new Violation('M5', `voucher ${sale.stan} counts as reversed, and no answer said so`);
    }
  }

  /** M7: what the shop counts on in a closed batch stands in its totals and is settled, to the cent. */
  #batchClosed({ batch, totals }: LastSettlement): void {
    for (const column of ['debit', 'credit'] as const) {
      const counted = this.ledger.current.filter((each) => columnOf(each) === column && counts(each));
      const count = totals.domestic[column].count + totals.foreign[column].count;
      const amount = totals.domestic[column].amount + totals.foreign[column].amount;
      if (count !== counted.length || amount !== counted.reduce((sum, each) => sum + each.amount, 0)) {
        const what = `${count} in ${column} over ${amount}, ${counted.length} stand`;
        throw new Violation('M7', `batch ${batch} was settled with ${what}`);
      }
    }
    if (this.#leftBatches.has(batch)) return;
    const { book } = this.#board.acquirer;
    const ofBatch = this.ledger.sales.filter((sale) => sale.batch === batch);
    // What became of one is between people whose void was handed over.
    const unclear = new Set(
      ofBatch.filter(({ standing }) => standing === 'handedOver' || standing === 'inDoubt').map(({ about }) => about),
    );
    for (const sale of ofBatch) {
      if (!counts(sale) || unclear.has(sale.stan)) continue;
      const entry = book.find(sale);
      if (entry?.settled !== true) {
        throw new Violation('M7', `batch ${batch} was closed, and voucher ${sale.stan} is not settled`);
      }
    }
  }

  /** What the acquirer has taken in, or given to the line. */
  message({ direction, kind, code = '', batch, stan }: LineMessage): void {
    if (kind !== 'reversal' || direction !== 'sent' || !/^(?:00|12|25)$/.test(code)) return;
    this.#acknowledgedReversals.add(`${batch}/${stan}`);
  }

  /** A message leaves the terminal. */
  leaves(bytes: Buffer): void {
    const message = unpack(bytes.subarray(envelopeBytes));
    const kind = kindOf(message);
    const stan = Number(textOf(message, 11));
    const amount = Number(textOf(message, 4));
    const batch = batchOf(message);
    const { last, lastStan } = this.ledger;
    if (kind === undefined)
      throw new Violation('protocol', `a message ${message.mti} left that the acquirer does not speak`);
    if (kind === 'echo') return;
    if (kind === 'reversal') {
      const standing = last?.standing;
      if (standing === 'captured' || standing === 'kept') {
        throw new Violation('M4', `a reversal of voucher ${stan} left, which is ${standing}`);
      }
      if (last?.stan !== stan || last.batch !== batch || last.amount !== amount || standing !== 'reversalRequired') {
        throw new Violation(
          'M6',
          `a reversal of ${batch}/${stan} left; the open sale is ${last?.batch}/${last?.stan}, ${standing}`,
        );
      }
      return;
    }
    if (last?.standing === 'reversalRequired' && kind !== 'signOn') {
      throw new Violation('M5', `a ${kind} left while voucher ${last.stan} waits for its reversal`);
    }
    const block = message.fields.get(52);
    if (Buffer.isBuffer(block)) this.pinBlocks.push(block.toString('hex').toUpperCase());
    if (isTrade(kind)) {
      const known =
        last?.standing === 'intended' &&
        last.kind === kind &&
        last.stan === stan &&
        last.batch === batch &&
        last.amount === amount;
      if (this.#shown !== undefined && this.#shown !== amount) {
        throw new Violation('M1', `${amount} are asked for, and ${this.#shown} were shown and confirmed`);
      }
      if (!known) throw new Violation('M1', `a ${kind} ${batch}/${stan} over ${amount} left without its intent`);
    }
    if (stan !== lastStan)
      throw new Violation('M6', `a ${kind} left under ${stan}; ${lastStan} is the number that was stored`);
    const number = `${batch}/${stan}`;
    if (this.#requests.has(number)) throw new Violation('M6', `the number ${batch}/${stan} was used twice`);
    this.#requests.add(number);
  }

  /** The display is unplugged or stuck, or a stuck key takes its screens away: what was read may be of some time ago. */
  displayGone(): void {
    this.#shown = undefined;
    this.#waitingSince = undefined;
  }

  /** M10: who is told to wait is told something else in time. To be looked at now and then. */
  stillWaiting(): void {
    const waitedMs = this.#board.scheduler.now - (this.#waitingSince ?? Infinity);
    if (waitedMs < longestWaitMs || !this.#board.isOn) return;
    throw new Violation('M10', `请稍候 for ${Math.round(waitedMs / 1000)} s: ${this.#board.display.lines().join('|')}`);
  }

  screen(lines: readonly string[]): void {
    const text = lines.join('|');
    if (!text.includes('请稍候')) this.#waitingSince = undefined;
    else this.#waitingSince ??= this.#board.scheduler.now;
    if (text.includes('请顾客核对')) this.#shown = inCents(lines[2]);
    if (text.includes('核对原单')) this.#shown = inCents(lines[1]);
    const { last } = this.ledger;
    if (text.includes('交易成功') && (last === undefined || !counts(last))) {
      throw new Violation('M3', `the display says 交易成功, and voucher ${last?.stan} is ${last?.standing}`);
    }
    if (lines[3] === '请输入金额' && last !== undefined && isOpen(last)) {
      throw new Violation('M2', `the terminal rests, and voucher ${last.stan} is ${last.standing}`);
    }
  }

  line(line: PaperLine): void {
    if (!line.text.includes('持卡人存根')) return;
    const { sales } = this.ledger;
    if (!sales.some(counts)) throw new Violation('M3', 'a cardholder copy comes out, and no sale was ever captured');
  }

  /** The facts that the terminal was told are durable. */
  get facts(): readonly string[] {
    return this.#acknowledged;
  }
}
