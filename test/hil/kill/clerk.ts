import type { Key } from '../../../hal/keypad.ts';
import type { Behaviour } from '../../bench/acquirer/behaviours.ts';
import type { VirtualBoard } from '../../bench/board.ts';
import { type TestCard, testCards } from '../../bench/cards.ts';
import type { FirmwareProcess, LogLine } from '../../bench/firmware-process.ts';
import type { Dice } from '../../state-machine/dice.ts';

const cards: readonly [TestCard, ...TestCard[]] = [
  testCards.debit,
  testCards.debit16,
  testCards.credit,
  testCards.visa,
  testCards.mastercard,
];

/** What goes wrong with a sale before it is begun; most go well. */
const mishaps = ['none', 'none', 'none', 'none', 'paperEnd', 'paperEnd', 'declined', 'lost', 'unheard'] as const;

const lostReversals: readonly [Behaviour, Behaviour] = [{ kind: 'closeAfterRequest' }, { kind: 'decline', code: '96' }];

/**
 * Clerk, customer and roll of paper of a board that trades without a pause. They do what the terminal's phase asks for,
 * chosen by the dice, and know nothing else of it: a process that is killed leaves nothing behind in them.
 */
export class Clerk {
  readonly #board: VirtualBoard;
  readonly #dice: Dice;
  #card: TestCard = testCards.debit;
  #shop: 'trading' | 'lastSale' | 'settling' | 'closed' = 'trading';
  #takeBackFaults: (() => void)[] = [];

  constructor(board: VirtualBoard, dice: Dice) {
    this.#board = board;
    this.#dice = dice;
  }

  /** Works at this process until it ends. */
  attend(firmware: FirmwareProcess): void {
    firmware.on('line', (line) => this.#see(line));
  }

  /** From now on nothing goes wrong: one more sale, the settlement, and then the shop is closed. */
  closeShop(): void {
    this.#shop = 'lastSale';
    for (const takeBack of this.#takeBackFaults) takeBack();
    this.#board.acquirer.behave();
    this.#board.printer.loadPaper();
  }

  #see({ msg, from, to, fact }: LogLine): void {
    if (this.#shop === 'lastSale' && fact === 'captured') this.#shop = 'settling';
    if (this.#shop === 'settling' && fact === 'settlementPrinted') this.#shop = 'closed';
    if (msg !== 'step' || from === to) return;
    const { printer } = this.#board;
    switch (to) {
      case 'idle':
        this.#begin();
        return;
      case 'card':
        this.#board.cardReader.swipe(this.#card);
        return;
      case 'paperWait':
        if (this.#shop !== 'trading' || this.#dice.below(3) > 0) printer.loadPaper();
        else this.#board.press('cancel');
        return;
      case 'printerNotReady':
        printer.loadPaper();
        return;
      case 'reversalWait':
        if (this.#dice.below(2) === 0) printer.loadPaper();
        return;
      case 'notice':
        // 确认 would print a copy that is owed again, and without paper for ever.
        if (printer.state.paper === 'end') printer.loadPaper();
        this.#board.press('enter');
        return;
      case 'settlementWait':
        this.#board.press('enter');
        return;
    }
  }

  #begin(): void {
    const { printer, acquirer } = this.#board;
    if (printer.state.paper === 'end') printer.loadPaper();
    const what = this.#dice.below(16);
    if (this.#shop === 'settling') {
      this.#board.press('menu', '7', '5', 'enter');
    } else if (this.#shop === 'lastSale') {
      this.#sell();
    } else if (this.#shop === 'trading' && what === 0) {
      if (this.#dice.below(2) === 0) acquirer.next('settlement', { kind: 'disagree', domestic: 2 });
      this.#board.press('menu', '7', '5', 'enter');
    } else if (this.#shop === 'trading' && what === 1) {
      this.#board.press('function');
    } else if (this.#shop === 'trading') {
      this.#mishap();
      this.#sell();
    }
  }

  #sell(): void {
    this.#card = this.#dice.one(cards);
    this.#board.pinPad.willEnter(this.#card.pin);
    this.#board.press(`${1 + this.#dice.below(9)}` as Key, '5', 'enter', 'enter');
  }

  #mishap(): void {
    const { printer, acquirer } = this.#board;
    switch (this.#dice.one(mishaps)) {
      case 'none':
        return;
      case 'paperEnd':
        this.#takeBackFaults.push(printer.fault({ line: 1 + this.#dice.below(40) }, 'paperEnd'));
        return;
      case 'declined':
        acquirer.next('sale', { kind: 'decline', code: '51' });
        return;
      case 'lost':
        acquirer.next('sale', { kind: this.#dice.one(['noAnswer', 'notBooked', 'closeAfterRequest'] as const) });
        return;
      case 'unheard':
        acquirer.next('sale', { kind: 'badMac' });
        acquirer.next('reversal', this.#dice.one(lostReversals));
        return;
    }
  }
}
