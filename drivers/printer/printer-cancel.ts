import { automaticStatusOn, begin, clearBuffers, paperStatus, processId, recoverAfterClearing } from './commands.ts';
import type { ProcessIds } from './fence.ts';
import type { PrinterDialogue } from './printer-dialogue.ts';
import type { PrinterProfile } from './printer-profile.ts';
import type { PrinterReply } from './reply-parser.ts';

/** How long, in ms, a printer may take to confirm that its buffers are clear. */
const clearedMs = 1000;

/**
 * Throws away what the printer holds, and finds out whether it did. Confirmed means two things: nothing is held any
 * more, and no answer shows that the old slip came out to its end after all.
 */
export class PrinterCancel {
  readonly #profile: PrinterProfile;
  readonly #dialogue: PrinterDialogue;
  readonly #ids: ProcessIds;
  /** How long, in ms, the fence of a printer that goes on printing the old slip may take. */
  readonly #fenceMs: number;
  #cleared = false;
  #ownId: string | undefined;
  #ownIdCame = false;
  #foreignIdCame = false;
  #statusAnswers = 0;

  constructor(
    rig: {
      readonly dialogue: PrinterDialogue;
      readonly profile: PrinterProfile;
      readonly ids: ProcessIds;
    },
    oldSlipMs: number,
  ) {
    this.#profile = rig.profile;
    this.#dialogue = rig.dialogue;
    this.#ids = rig.ids;
    this.#fenceMs = rig.profile.silenceMs + oldSlipMs;
  }

  /** To be called with each reply while it runs. */
  hear(reply: PrinterReply): void {
    if (reply.type === 'cleared') this.#cleared = true;
    if (reply.type === 'status') this.#statusAnswers++;
    if (reply.type !== 'processId') return;
    if (reply.id === this.#ownId) this.#ownIdCame = true;
    else this.#foreignIdCame = true;
  }

  async run(): Promise<boolean> {
    if (!this.#dialogue.online) return false;
    const { cancel } = this.#profile;
    if (cancel === 'none') {
      await this.#send(this.#begin); // takes a half line away, at least
      return false;
    }
    const empty = (cancel === 'clearBuffers' && (await this.#clear())) || (await this.#recover());
    if (empty) {
      this.#dialogue.settleDebt();
      this.#dialogue.mayHold = false;
    }
    return empty && !this.#foreignIdCame;
  }

  /** DLE DC4 fn 8. Nothing is sent before its answer. */
  async #clear(): Promise<boolean> {
    if (!(await this.#send(clearBuffers))) return false;
    const cleared = await this.#dialogue.until(() => this.#cleared, clearedMs);
    if (cleared) await this.#send(this.#begin); // it clears data, not modes
    return cleared;
  }

  /**
   * DLE ENQ 2, which clears only while there is an error to recover from. So what proves it is that the printer is
   * well and answers questions queued behind whatever it still held.
   */
  async #recover(): Promise<boolean> {
    if (!(await this.#send(recoverAfterClearing))) return false;
    if (!(await this.#send(this.#begin))) return false;
    const status = await this.#dialogue.readiness();
    if (!status.ready) return false;
    return this.#profile.fence === 'processId' ? this.#askProcessId() : this.#askPaperStatus();
  }

  async #askProcessId(): Promise<boolean> {
    this.#ownId = this.#ids.next();
    if (!(await this.#send(processId(this.#ownId)))) return false;
    return this.#dialogue.until(() => this.#ownIdCame, this.#fenceMs);
  }

  /** Two questions, two answers: any beyond is that to the old slip's fence, so that slip came out. */
  async #askPaperStatus(): Promise<boolean> {
    await this.#dialogue.quiet();
    const before = this.#statusAnswers;
    for (let asked = 1; asked <= 2; asked++) {
      if ((await this.#dialogue.sendBuffered(paperStatus, clearedMs)) !== 'sent') return false;
      if (!(await this.#dialogue.until(() => this.#statusAnswers >= asked, this.#fenceMs))) return false;
      await this.#dialogue.quiet();
    }
    return before === 0 && this.#statusAnswers === 2;
  }

  get #begin(): Buffer {
    return this.#profile.automaticStatus ? Buffer.concat([begin, automaticStatusOn]) : begin;
  }

  /** False when the line took nothing; what it was given is then dropped. */
  async #send(bytes: Uint8Array): Promise<boolean> {
    const sent = await this.#dialogue.send(bytes, clearedMs);
    if (sent === 'stalled') this.#dialogue.reset();
    return sent === 'sent';
  }
}
