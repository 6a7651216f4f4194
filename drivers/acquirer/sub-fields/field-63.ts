import { malformed, packText, type Read, readText, said } from './text.ts';

/** Field 63 of a sign-on or a settlement, 操作员号: the operator's two digits and a space. */
export const packOperator = (operator: string): string => {
  if (!/^\d{2}$/.test(operator)) throw new RangeError('an operator must have two digits');
  return `${operator} `;
};

export const readOperator = (field63: string): Read<string> => {
  const operator = /^(\d\d) $/.exec(field63)?.[1];
  return operator === undefined ? malformed('63', 'is not two digits and a space') : said(operator);
};

/** Field 63 of a refund, 63.1, an3, 国际信用卡公司代码: `CUP`; 000 where the terminal doesn't know it. */
export const packOrganisation = (organisation: string | undefined): string => packText(organisation ?? '000', 3);

/** What an answer tells in field 63. */
export interface Notes {
  /** 63.1: `CUP` for a domestic card. */
  readonly cardOrganisation: string | undefined;
  /** 63.2 of the issuer, of UnionPay and of the acquirer, for the slip. */
  readonly issuer: string | undefined;
  readonly centre: string | undefined;
  readonly acquirer: string | undefined;
}

const organisationBytes = 3;
const noteBytes = 20;

/** Field 63 of an answer: 63.1 card organisation 3, then three texts of 20 bytes, in GBK; what is behind is not read. */
export const readNotes = (field63: string): Notes => {
  const note = (index: number): string | undefined => {
    const at = organisationBytes + index * noteBytes;
    return readText(field63.slice(at, at + noteBytes));
  };
  return {
    cardOrganisation: readText(field63.slice(0, organisationBytes)),
    issuer: note(0),
    centre: note(1),
    acquirer: note(2),
  };
};

export const packNotes = ({ cardOrganisation, issuer, centre, acquirer }: Notes): string =>
  packText(cardOrganisation ?? '', organisationBytes) +
  [issuer, centre, acquirer].map((note) => packText(note ?? '', noteBytes)).join('');
