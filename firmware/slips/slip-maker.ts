import type { DotImage, SlipDocument } from '../../hal/printer.ts';
import type { EpochMs } from '../../hal/units.ts';
import type { Book } from '../../state-machine/book.ts';
import type { DeviceCheck } from '../../state-machine/effects.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { LastSettlement, Sale, SlipCopy } from '../../state-machine/sale.ts';
import type { SlipFace } from '../../state-machine/slip-face.ts';
import { detailList, type ListMade, totalsList } from './batch-lists.ts';
import { selfTestSheet, terminalLabel, testPage } from './board-pages.ts';
import { incidentSheet, querySheet, refundRequest } from './case-sheets.ts';
import { endSlip } from './reversal-slip.ts';
import { saleSlip } from './sale-slip.ts';
import { settlementSlip } from './settlement-slip.ts';
import type { Letterhead, Print } from './slip.ts';

/** What slips need beside the ledger. */
export interface SlipSource {
  readonly terminalId: string;
  /** Of the configuration: where the ledger tells no face, because it is older than such facts. */
  readonly face: SlipFace;
  /** Of the paper, in characters. */
  readonly columns: number;
  /** Of the narrowest paper that it may come out on, where there are two printers. */
  readonly narrowest: number;
  readonly checkCode: (sale: Sale) => string;
  /** A logo by its digest, as far as it is still there. */
  readonly picture: (logo: string) => DotImage | undefined;
}

/** Makes each slip of the ledger's words: the same for the paper, the screen of a technician, and the image. */
export class SlipMaker {
  readonly #source: SlipSource;

  constructor(source: SlipSource) {
    this.#source = source;
  }

  get columns(): number {
    return this.#source.columns;
  }

  copy(sale: Sale, copy: SlipCopy, print: Print): SlipDocument {
    return saleSlip(sale, copy, print, this.#source.checkCode(sale), this.#head(sale.face));
  }

  /** 冲正凭证 or 故障报告单. */
  end(sale: Sale, print: Print): SlipDocument {
    return endSlip(sale, print, this.#source.checkCode(sale), this.#head(sale.face));
  }

  settlement(settled: LastSettlement, operator: string, print: Print): SlipDocument {
    return settlementSlip(settled, operator, print, this.#head(settled.face));
  }

  detail(book: Book, made: ListMade): SlipDocument {
    return detailList(book, made, this.#head(book.face));
  }

  totals(book: Book, made: ListMade): SlipDocument {
    return totalsList(book, made, this.#head(book.face));
  }

  label(book: Book): SlipDocument {
    return terminalLabel(this.#head(book.face));
  }

  test(book: Book): SlipDocument {
    return testPage(this.#head(book.face), this.#source.narrowest);
  }

  selfTest(book: Book, made: ListMade, checks: readonly DeviceCheck[]): SlipDocument {
    return selfTestSheet(checks, made, this.#head(book.face));
  }

  query(sale: Sale, code: string): SlipDocument {
    return querySheet(sale, code, this.#source.checkCode(sale), this.#head(sale.face));
  }

  incident(sale: Sale, facts: readonly Fact[], code: string): SlipDocument {
    return incidentSheet(sale, facts, code, this.#head(sale.face));
  }

  refundRequest(sale: Sale, at: EpochMs): SlipDocument {
    return refundRequest(sale, at, this.#head(sale.face));
  }

  /** A picture that is gone, or wider than the paper that there is now, is left out: a slip never fails because of it. */
  #head(recorded: SlipFace | undefined): Letterhead {
    const { terminalId, face, narrowest, picture } = this.#source;
    const own = recorded ?? face;
    const found = own.logo === undefined ? undefined : picture(own.logo);
    return {
      ...own,
      terminalId,
      ...(found !== undefined && found.widthDots <= narrowest * 12 && { picture: found }),
    };
  }
}
