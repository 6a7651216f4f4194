/** The rows of docs/requirements.md, and the titles of tests that name them. */

export interface Requirement {
  /** `002-13`: the article, and the statement in it. */
  readonly id: string;
  readonly scope: string;
  readonly text: string;
}

export interface Title {
  readonly file: string;
  readonly title: string;
}

/** @throws Error when a number stands twice */
export const requirementsIn = (table: string): readonly Requirement[] => {
  const rows = [...table.matchAll(/^\| (\d{3}-\d{2}) \| ([CPRXA]) \| (.+) \|$/gm)].map(
    ([, id = '', scope = '', text = '']) => ({ id, scope, text }),
  );
  const twice = rows.find(({ id }, at) => rows.findIndex((row) => row.id === id) !== at);
  if (twice !== undefined) throw new Error(`${twice.id} stands twice in docs/requirements.md`);
  return rows;
};

/** What stands between the quotes behind `test(`, as it is in the source. */
export const titlesIn = (source: string): readonly string[] =>
  [...source.matchAll(/\btest\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)].map(([, , title = '']) => title);

export const shownBy = (
  rows: readonly Requirement[],
  titles: readonly Title[],
): { readonly shown: ReadonlyMap<string, readonly Title[]>; readonly unknown: readonly (Title & { id: string })[] } => {
  const shown = new Map<string, Title[]>();
  const unknown: (Title & { id: string })[] = [];
  const known = new Set(rows.map(({ id }) => id));
  for (const title of titles) {
    for (const [id] of title.title.matchAll(/\b\d{3}-\d{2}\b/g)) {
      if (known.has(id)) shown.set(id, [...(shown.get(id) ?? []), title]);
      else unknown.push({ ...title, id });
    }
  }
  return { shown, unknown };
};
