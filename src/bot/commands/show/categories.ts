/** Apple's categories as hosts pick them: one line for a category and what is under it. Pure. */
import { UserError } from '../../user-error.ts';
import { plain } from '../../plain-text.ts';

/** Each with what is under it. */
export type Categories = Readonly<Record<string, readonly string[]>>;

export interface Category {
  category: string;
  subcategory: string | null;
}

export const nameOf = ({ category, subcategory }: Category): string =>
  subcategory === null ? category : `${category} › ${subcategory}`;

const every = (categories: Categories): Category[] =>
  Object.entries(categories).flatMap(([category, under]) => [
    { category, subcategory: null },
    ...under.map((subcategory) => ({ category, subcategory })),
  ]);

export const categoriesLike = (typed: string, categories: Categories): string[] =>
  every(categories)
    .map(nameOf)
    .filter((name) => name.toLowerCase().includes(typed.trim().toLowerCase()));

/** The whole line, or the last part of it, in any case. Throws UserError. */
export function readCategory(typed: string, categories: Categories): Category {
  const wanted = typed.trim().toLowerCase();
  const found = every(categories).find((each) =>
    [nameOf(each), each.subcategory ?? each.category].some((name) => name.toLowerCase() === wanted),
  );
  if (found === undefined) throw new UserError((say) => say.errors.categoryUnknown(plain(typed)));
  return found;
}
