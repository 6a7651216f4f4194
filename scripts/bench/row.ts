/** One figure of the benchmark, beside its peer or floor that was measured in the same run. */
export interface Row {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: number | null;
  readonly referenceName: string | null;
  /** `value` by `reference`, or the median of it in pairs that were measured one right after the other. */
  readonly ratio: number | null;
  /** The most, or with `atLeast` the least, that is to be reached; null for a figure that is only told. */
  readonly target: number | null;
  /** What the target is for. */
  readonly targetOf: 'ratio' | 'value' | null;
  readonly atLeast: boolean;
  readonly met: boolean | null;
}

interface Measured {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly reference?: { readonly name: string; readonly value: number; readonly ratio?: number };
  readonly target?:
    | { readonly of: 'ratio' | 'value'; readonly most: number }
    | { readonly of: 'ratio' | 'value'; readonly least: number };
}

export const row = (group: string, { name, value, unit, reference, target }: Measured): Row => {
  const ratio = reference === undefined ? null : (reference.ratio ?? value / reference.value);
  const figure = target?.of === 'ratio' ? ratio : value;
  const atLeast = target !== undefined && 'least' in target;
  const limit = target === undefined ? null : 'least' in target ? target.least : target.most;
  const met = limit === null || figure === null ? null : atLeast ? figure >= limit : figure <= limit;
  return {
    group,
    name,
    value: rounded(value),
    unit,
    reference: reference === undefined ? null : rounded(reference.value),
    referenceName: reference?.name ?? null,
    ratio: ratio === null ? null : rounded(ratio),
    target: limit,
    targetOf: target?.of ?? null,
    atLeast,
    met,
  };
};

const rounded = (value: number): number => Number(value.toPrecision(4));

/** The value below which that share of the samples lies. */
export const percentile = (samples: readonly number[], share: number): number => {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

const number = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : String(value));

/** The rows as a person reads them. */
export const table = (rows: readonly Row[]): string => {
  const cells = rows.map(({ name, value, unit, reference, referenceName, ratio, target, targetOf, atLeast, met }) => [
    met === null ? ' ' : met ? '✓' : '✗',
    name,
    `${number(value)} ${unit}`,
    ratio === null ? '' : `${number(ratio)} ×`,
    reference === null ? '' : `${referenceName}: ${number(reference)} ${unit}`,
    target === null ? '' : `${atLeast ? '≥' : '≤'} ${number(target)}${targetOf === 'ratio' ? ' ×' : ` ${unit}`}`,
  ]);
  const head = ['', 'what', 'measured', 'of it', 'beside', 'to reach'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => (line[column] ?? '').length)),
  );
  return [head, ...cells]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
