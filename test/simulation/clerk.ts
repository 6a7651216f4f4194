import type { Key } from '../../hal/keypad.ts';
import type { SimulatedBoard } from './board.ts';
import type { Chance } from './chance.ts';
import { anyKey, type Chore, keysOf, menuKeys } from './chores.ts';
import { supervisorPassword } from './configuration.ts';
import { type Customer, wrongPin } from './customer.ts';
import { Sold } from './sold.ts';
import type { Story } from './story.ts';

export interface ClerkEvents {
  /** Something is begun at the idle screen: a sale, or a chore. */
  begun(business: 'sale' | Chore): void;
  /** The terminal says that it must be restarted, and somebody does. */
  restarts(): void;
}

/** What a clerk does at a screen; the first row whose words are there. */
interface Habit {
  readonly sees: RegExp;
  does(screen: readonly string[]): void;
}

/**
 * The clerk, and the customer before him. He knows nothing but the four lines of the display, and does what they say,
 * mostly: he mistypes, is impatient, gives up, and acts on a screen that has just gone.
 */
export class Clerk {
  readonly #board: SimulatedBoard;
  readonly #chance: Chance;
  readonly #story: Story;
  readonly #events: ClerkEvents;
  readonly #waiting: Customer[] = [];
  readonly #chores: { readonly chore: Chore; readonly customer?: Customer | undefined }[] = [];
  #customer: Customer | undefined;
  #tries = 0;
  #swipes = 0;
  #mistakes = 0;
  #cancelThought: (() => void) | undefined;
  #typing = 0;
  #handOverAfter = 0;
  readonly #sold = new Sold();
  #doing: 'sale' | Chore = 'sale';
  /** The shop is closing: what is owed is printed, nobody is served, and nothing is tried out. */
  isClosing = false;
  /** The idle screen shows that nothing is owed or wrong. */
  atRest = false;

  constructor(board: SimulatedBoard, chance: Chance, story: Story, events: ClerkEvents) {
    this.#board = board;
    this.#chance = chance;
    this.#story = story;
    this.#events = events;
    board.display.on('screen', (lines) => {
      this.atRest = false;
      if (!this.#isSlow()) this.#think(this.#wits());
      this.#story.tell('screen', () => lines.join('|'));
    });
    board.pinPad.on('event', ({ type }) => {
      if (type === 'request') this.#story.tell('clerk', () => 'the cardholder is asked for his PIN');
    });
  }

  get queue(): number {
    return this.#waiting.length + (this.#customer === undefined ? 0 : 1);
  }

  comes(customer: Customer): void {
    this.#waiting.push(customer);
    this.#think(this.#wits());
  }

  /** `customer`: who comes for it, where it is about no earlier transaction. */
  shall(chore: Chore, customer?: Customer): void {
    this.#chores.push({ chore, customer });
    this.#think(this.#wits());
  }

  /** The customers who still wait are sent home. */
  closes(): void {
    this.isClosing = true;
    this.#waiting.length = 0;
    this.#think(this.#wits());
  }

  opens(): void {
    this.isClosing = false;
    this.atRest = false;
  }

  /** Acts on what was there a moment ago, rather than on what is there now. */
  #isSlow(): boolean {
    return this.#cancelThought !== undefined && this.#chance.happens(0.03);
  }

  #wits(): number {
    return this.#chance.between(250, this.#chance.happens(0.1) ? 8000 : 1800);
  }

  #think(inMs: number): void {
    this.#cancelThought?.();
    this.#cancelThought = this.#board.scheduler.within(inMs, () => {
      this.#cancelThought = undefined;
      if (this.#typing === 0) this.#act();
    });
  }

  #press(...keys: readonly Key[]): void {
    let inMs = 0;
    for (const key of keys) {
      this.#typing += 1;
      this.#board.scheduler.within(inMs, () => {
        this.#typing -= 1;
        if (this.#board.cables.keypad.pluggedIn) {
          this.#story.tell('clerk', () => `presses ${key}`);
          this.#board.keypad.press(key);
        }
        if (this.#typing === 0) this.#think(this.#wits());
      });
      inMs += this.#chance.between(90, 450);
    }
  }

  #type(digits: string, then: Key): void {
    this.#press(...keysOf(digits), then);
  }

  #act(): void {
    if (!this.#board.isOn) return;
    const screen = this.#board.display.lines();
    const text = screen.join('|');
    const habit = this.#habits.find(({ sees }) => sees.test(text));
    if (habit !== undefined) habit.does(screen);
    else if (!this.isClosing && this.#chance.happens(0.04)) this.#press(this.#chance.one(anyKey));
    this.#think(this.#chance.between(8000, 25_000));
  }

  /** Most times the one thing, else another, or nothing. */
  #mostly(share: number, does: () => void, otherwise: () => void = () => undefined): void {
    if (this.isClosing || this.#chance.happens(share)) does();
    else otherwise();
  }

  readonly #habits: readonly Habit[] = [
    { sees: /请重启终端/, does: () => this.#restart() },
    { sees: /请输入主管密码/, does: ([, , stars = '']) => this.#password(stars) },
    {
      sees: /请输入事件号/,
      does: () =>
        this.#mostly(
          0.9,
          () => this.#type(String(this.#chance.integer(1, 99_999_999)), 'enter'),
          () => this.#press('cancel'),
        ),
    },
    { sees: /装纸后自动续打/, does: () => this.#paperWait() },
    {
      sees: /处理后按确认/,
      does: () =>
        this.#mostly(
          0.8,
          () => {
            this.#mend();
            this.#press('enter');
          },
          () => this.#press('cancel'),
        ),
    },
    { sees: /待冲正 第/, does: () => this.#reversalOpen() },
    { sees: /POS未签到|结算未完成|确认 签到/, does: () => this.#mostly(0.3, () => this.#press('enter')) },
    {
      sees: /确认补打 取消/,
      does: () => {
        this.#served();
        this.#mostly(
          0.6,
          () => {
            this.#mend();
            this.#press('enter');
          },
          () => this.#press('cancel'),
        );
      },
    },
    { sees: /按确认键返回|确认返回/, does: (screen) => this.#told(screen.join('|')) },
    {
      sees: /请撕商户存根/,
      does: () =>
        this.#mostly(
          0.8,
          () => this.#press('enter'),
          () => this.#press(this.#chance.one(['cancel', '1', 'clear'] as const)),
        ),
    },
    { sees: /请刷卡/, does: (screen) => this.#swipe(screen) },
    {
      sees: /请持卡人输入密码/,
      does: () => {
        if (!this.isClosing && this.#chance.happens(0.02)) this.#press('cancel');
      },
    },
    {
      sees: /请顾客核对 确认/,
      does: () =>
        this.#mostly(
          0.95,
          () => this.#press('enter'),
          () => this.#press(this.#chance.one(['clear', 'cancel'] as const)),
        ),
    },
    { sees: /请输入原?凭证号/, does: ([, , entered = '']) => this.#voucher(entered) },
    { sees: /请输入原参考号|请输入原授权码|原交易日期/, does: () => this.#press('cancel') },
    { sees: /确认下 功能:处理/, does: () => this.#press(this.#doing === 'difference' ? '6' : 'cancel') },
    { sees: /结果未知 勿重做/, does: () => this.#told('') },
    { sees: /小票终端编号/, does: () => this.#press(this.#chance.one(['enter', 'cancel'] as const)) },
    {
      sees: /核对原单 确认|确认 人工处理/,
      does: () =>
        this.#mostly(
          0.9,
          () => this.#press('enter'),
          () => this.#press('cancel'),
        ),
    },
    { sees: /1收单行已入账/, does: ([title = '']) => this.#askAcquirer(title) },
    { sees: /请输入金额:/, does: ([, money = '']) => this.#amount(money) },
    {
      sees: /同卡同额/,
      does: () =>
        this.#mostly(
          0.9,
          () => this.#press('2'),
          () => this.#press('1'),
        ),
    },
    { sees: /^1消费/, does: () => this.#menu(0) },
    { sees: /^1重打|^1签到|^1预授权/, does: () => this.#menu(1) },
    { sees: /^1凭证号/, does: () => this.#menu(2) },
    {
      sees: /确认结算 取消/,
      does: () => {
        this.#chores.splice(0, 1);
        this.#mostly(
          0.95,
          () => this.#press('enter'),
          () => this.#press('cancel'),
        );
      },
    },
    // What is due stands in the third line, and why it doesn't come in the fourth.
    { sees: /(?:请输入金额|打印机[^|]*|切刀[^|]*|打印头[^|]*)$/, does: ([, , ...rest]) => this.#idle(rest.join('|')) },
  ];

  #restart(): void {
    this.#events.restarts();
  }

  #password(stars: string): void {
    if (stars !== '') this.#press(...(Array(stars.length).fill('clear') as Key[]));
    else if (this.#chance.happens(0.85)) this.#type(supervisorPassword, 'enter');
    else if (this.#chance.happens(0.5)) this.#type('123456', 'enter');
    else this.#press('cancel');
  }

  #mend(): void {
    this.#story.tell('clerk', () => 'sees to the printer');
    this.#board.mendPrinter();
  }

  #paperWait(): void {
    if (this.isClosing) {
      this.#mend();
      return;
    }
    const deed = this.#chance.weighted({ mend: 60, enter: 8, cancel: 8, keep: 14, wait: 10 });
    if (deed === 'mend') this.#mend();
    else if (deed === 'enter' || deed === 'cancel') this.#press(deed);
    else if (deed === 'keep') this.#press('function');
  }

  /** Waits, tries again, and after some minutes fetches the supervisor. */
  #reversalOpen(): void {
    const { now } = this.#board.scheduler;
    if (this.#handOverAfter < now - 3_600_000) this.#handOverAfter = now + this.#chance.between(60_000, 1_200_000);
    if (this.isClosing || this.#chance.happens(0.25)) this.#press('enter');
    else if (now > this.#handOverAfter && this.#chance.happens(0.5)) this.#press('function');
  }

  /** A message: what the customer hears decides whether he tries again. */
  #told(text: string): void {
    const again = this.#doing === 'sale' && /未扣款|已冲正/.test(text) && this.#tries < (this.#customer?.patience ?? 0);
    const [, voucher] = /交易成功.*凭证 (\d{6})/.exec(text) ?? [];
    if (voucher !== undefined && this.#customer !== undefined) {
      this.#sold.remember({ voucher, customer: this.#customer, what: this.#doing });
    }
    if (/无流水/.test(text)) this.#chores.shift();
    if (/存储满/.test(text)) this.#first('settle');
    if (!again || !this.#chance.happens(0.6)) this.#served();
    this.#mostly(0.8, () => this.#press('enter'));
  }

  #served(): void {
    this.#customer = undefined;
    this.#doing = 'sale';
  }

  /** Somebody has come back with a slip and his card; or with another card, or the clerk reads the number wrong. */
  #voucher(entered: string): void {
    if (entered !== '') {
      this.#press(...(Array(entered.length).fill('clear') as Key[]));
      return;
    }
    const chance = this.#chance;
    const back = this.#sold.comesBack(this.#doing, chance);
    if (back === undefined) {
      this.#press('cancel');
      return;
    }
    const { voucher, customer } = back;
    this.#attend(customer);
    this.#type(chance.happens(0.95) ? voucher : String(chance.integer(1, 999_999)), 'enter');
  }

  #amount(shown: string): void {
    const amount = this.#customer?.amount;
    const typed = Math.round(Number(shown.replace('RMB', '').trim()) * 100);
    if (amount === undefined || this.#mistakes > 3) this.#press('cancel');
    else if (typed === amount) this.#press('enter');
    else if (typed === 0) this.#type(String(amount), 'enter');
    else {
      this.#mistakes += 1;
      this.#press(...(Array(String(typed).length).fill('clear') as Key[]));
    }
  }

  #swipe(screen: readonly string[]): void {
    const customer = this.#customer;
    if (customer === undefined || /读卡器未连接/.test(screen.join('|')) || this.#chance.happens(0.02)) {
      this.#press('cancel');
      return;
    }
    const { pinPad, scheduler } = this.#board;
    const habit = customer.pins[Math.min(this.#tries - 1, customer.pins.length - 1)] ?? 'right';
    pinPad.willStaySilent();
    pinPad.willAnswerLate(habit === 'nothing' ? 0 : customer.pinMs);
    if (habit === 'right') pinPad.willEnter(customer.card.pin);
    else if (habit === 'wrong') pinPad.willEnter(wrongPin(customer.card));
    else if (habit === 'bypass') pinPad.willBypass();
    else if (habit === 'cancel') pinPad.willCancel();
    const swipe = customer.swipes[Math.min(this.#swipes, customer.swipes.length - 1)] ?? {};
    this.#swipes += 1;
    scheduler.within(customer.walletMs, () => {
      if (!this.#board.cables.cardReader.pluggedIn) return;
      this.#story.tell('clerk', () => `the customer swipes ${customer.card.name}, and at the pad: ${habit}`);
      this.#board.cardReader.swipe(customer.card, swipe);
    });
  }

  /** Somebody is at the counter, and it goes on with him. */
  #attend(customer: Customer | undefined): void {
    this.#tries = 1;
    this.#swipes = 0;
    this.#mistakes = 0;
    this.#customer = customer;
  }

  /** The supervisor has called the acquirer, which looks it up. */
  #askAcquirer(title: string): void {
    const stan = Number(title.slice(-6));
    const entry = this.#board.acquirer.book.entries().findLast((each) => each.stan === stan);
    this.#press(entry?.state === 'approved' ? '1' : '2');
  }

  /** Key by key, a menu behind the other. A settlement is a chore until it is confirmed. */
  #menu(depth: 0 | 1 | 2): void {
    const [first] = this.#chores;
    const key = first === undefined ? undefined : menuKeys[first.chore][depth];
    if (first === undefined || key === undefined) {
      this.#press('cancel');
      return;
    }
    const { chore, customer } = first;
    if (menuKeys[chore].length === depth + 1) {
      if (chore !== 'settle') this.#chores.shift();
      this.#doing = chore;
      this.#attend(customer);
    }
    this.#press(key);
  }

  /** That comes before all else. */
  #first(chore: Chore): void {
    if (this.#chores[0]?.chore !== chore) this.#chores.unshift({ chore });
  }

  #idle(badge: string): void {
    this.#handOverAfter = 0;
    const isOwed = /待打印|待补打/.test(badge);
    const isWrong = /打印机|切刀|打印头/.test(badge);
    if (isWrong || /打印纸/.test(badge)) this.#mend();
    // A blade that was freed moves only when somebody asks for a slip.
    if (this.isClosing && /切刀/.test(badge)) {
      this.#begin('print');
      this.#press('function');
      return;
    }
    if (isOwed && (this.isClosing || this.#chance.happens(0.3))) {
      this.#mend();
      this.#begin('print');
      this.#press('function');
      return;
    }
    if (/待查交易/.test(badge) && (this.isClosing || this.#chance.happens(0.3))) this.#first('doubt');
    if (/终端已锁定/.test(badge) && (this.isClosing || this.#chance.happens(0.5))) this.#first('lock');
    const [first] = this.#chores;
    if (first !== undefined && (!isWrong || this.isClosing)) {
      this.#begin(first.chore);
      this.#press('menu');
      return;
    }
    if (this.isClosing) {
      // A second copy of the ledger that failed is the technician's business; the next start brings it up.
      this.atRest = !isOwed && /^终端|^打印纸|^账本备份故障/.test(badge);
      return;
    }
    if (this.#customer !== undefined && this.#tries >= this.#customer.patience) this.#served();
    if (this.#customer === undefined) {
      this.#customer = this.#waiting.shift();
      this.#tries = 0;
    }
    if (this.#customer !== undefined) this.#serve(this.#customer);
    else if (this.#chance.happens(0.005)) this.#press(this.#chance.one(anyKey));
  }

  #begin(business: 'sale' | Chore): void {
    this.#story.tell('clerk', () => `begins: ${business}`);
    this.#events.begun(business);
  }

  #serve(customer: Customer): void {
    this.#doing = 'sale';
    this.#tries += 1;
    this.#swipes = 0;
    this.#mistakes = 0;
    this.#begin('sale');
    const amount = this.#chance.happens(0.04) ? this.#chance.integer(1, 499_999) : customer.amount;
    this.#press(...keysOf(String(amount)));
  }
}
