/** A magnetic-stripe card that can be swiped on the virtual board, and what its bank knows of it. */
export interface TestCard {
  /** The name by which a test or a command line takes it. */
  readonly name: string;
  /** 16 or 19 digits, Luhn-right. */
  readonly pan: string;
  /** 4–12 digits. */
  readonly pin: string;
  /** YYMM; 4912 is written on a card that never expires (GB/T 19584). */
  readonly expiry: string;
  /** ISO/IEC 7813: 1 international, 5 national, 2 and 6 the same with a chip; 2nd digit who authorises; 3rd the PIN. */
  readonly serviceCode: string;
  /** As track 1 has it, surname first, 2–26 characters. */
  readonly holder: string;
  /** Who gave out the card (发卡行), as a slip may name it. */
  readonly issuer: string;
  /** The issuer's institution code, as the acquirer's answer names it (field 44). */
  readonly institution: string;
  /** 外卡: counted in the foreign half of a settlement. */
  readonly foreign: boolean;
  /** The issuer's own digits at the end of tracks 1 and 2; found anywhere else, they show a leak of track data. */
  readonly discretionary: string;
}

/**
 * The cards. Their numbers come from payment gateways' published test ranges only, so that no log, slip or fixture
 * can ever hold a living account. All that isn't the number (and the debit card's PIN) is made up here.
 */
export const testCards = {
  /** 19 digits, with its PIN: UnionPay's open platform, test environment (open.unionpay.com, 测试卡号, 平安银行 借记卡). */
  debit: {
    name: 'debit',
    pan: '6216261000000000018',
    pin: '123456',
    expiry: '3012',
    serviceCode: '120',
    holder: 'QUAN/QUDAO',
    issuer: '平安银行',
    institution: '90010000',
    foreign: false,
    discretionary: '7361940258',
  },
  /** 16 digits: docs.stripe.com/testing, "UnionPay (debit)". */
  debit16: {
    name: 'debit16',
    pan: '6200000000000047',
    pin: '135790',
    expiry: '2911',
    serviceCode: '520',
    holder: 'LI/SI',
    issuer: '示例银行',
    institution: '90020000',
    foreign: false,
    discretionary: '4829163075241',
  },
  /** No PIN by its service code: developer.paypal.com/braintree/docs/guides/unionpay/testing, "Credit card". */
  credit: {
    name: 'credit',
    pan: '6212345678901232',
    pin: '246813',
    expiry: '2912',
    serviceCode: '101',
    holder: 'ZHANG/SAN',
    issuer: '示例银行',
    institution: '90030000',
    foreign: false,
    discretionary: '9047382615508',
  },
  /** Never expires: docs.stripe.com/testing, "UnionPay". */
  endless: {
    name: 'endless',
    pan: '6200000000000005',
    pin: '112233',
    expiry: '4912',
    serviceCode: '120',
    holder: 'WANG/WU',
    issuer: '示例银行',
    institution: '90040000',
    foreign: false,
    discretionary: '5173920684917',
  },
  /** Past its date: docs.stripe.com/testing, "UnionPay (19-digit card)". */
  expired: {
    name: 'expired',
    pan: '6205500000000000004',
    pin: '654321',
    expiry: '2001',
    serviceCode: '120',
    holder: 'ZHAO/LIU',
    issuer: '示例银行',
    institution: '90050000',
    foreign: false,
    discretionary: '3829105746',
  },
  /**
   * Has a chip, by its service code, and must not be swiped where the chip can be read:
   * docs.connect.worldline-solutions.com, UnionPay International SecurePay, "Credit card".
   */
  chip: {
    name: 'chip',
    pan: '6250947000000014',
    pin: '121212',
    expiry: '3312',
    serviceCode: '620',
    holder: 'CHEN/QI',
    issuer: '示例银行',
    institution: '90060000',
    foreign: false,
    discretionary: '6402817395620',
  },
  /** 外卡: developer.cybersource.com, "Testing Credit Card Services", Visa. A PIN of four digits. */
  visa: {
    name: 'visa',
    pan: '4111111111111111',
    pin: '1234',
    expiry: '2812',
    serviceCode: '101',
    holder: 'DOE/JOHN',
    issuer: 'EXAMPLE BANK',
    institution: '90070000',
    foreign: true,
    discretionary: '8250617394026',
  },
  /** 外卡: docs.stripe.com/testing, "Mastercard". */
  mastercard: {
    name: 'mastercard',
    pan: '5555555555554444',
    pin: '86420',
    expiry: '2710',
    serviceCode: '120',
    holder: 'ROE/JANE',
    issuer: 'EXAMPLE BANK',
    institution: '90080000',
    foreign: true,
    discretionary: '1937502846193',
  },
} as const satisfies Record<string, TestCard>;

/** The card of that name; throws with the names that there are. */
export const testCard = (name: string): TestCard => {
  const card = Object.values<TestCard>(testCards).find((candidate) => candidate.name === name);
  if (card === undefined) throw new Error(`No test card is named ${name}: take ${Object.keys(testCards).join(', ')}`);
  return card;
};
