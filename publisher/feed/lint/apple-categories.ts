/** Apple's categories and what is under each, letter by letter: podcasters.apple.com/support/1691-apple-podcasts-categories. */
export const APPLE_CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  Arts: ['Books', 'Design', 'Fashion & Beauty', 'Food', 'Performing Arts', 'Visual Arts'],
  Business: ['Careers', 'Entrepreneurship', 'Investing', 'Management', 'Marketing', 'Non-Profit'],
  Comedy: ['Comedy Interviews', 'Improv', 'Stand-Up'],
  Education: ['Courses', 'How To', 'Language Learning', 'Self-Improvement'],
  Fiction: ['Comedy Fiction', 'Drama', 'Science Fiction'],
  Government: [],
  History: [],
  'Health & Fitness': [
    'Alternative Health',
    'Fitness',
    'Medicine',
    'Mental Health',
    'Nutrition',
    'Sexuality',
  ],
  'Kids & Family': ['Education for Kids', 'Parenting', 'Pets & Animals', 'Stories for Kids'],
  Leisure: [
    ...['Animation & Manga', 'Automotive', 'Aviation', 'Crafts', 'Games', 'Hobbies', 'Home & Garden'],
    'Video Games',
  ],
  Music: ['Music Commentary', 'Music History', 'Music Interviews'],
  News: [
    ...['Business News', 'Daily News', 'Entertainment News', 'News Commentary', 'Politics', 'Sports News'],
    'Tech News',
  ],
  'Religion & Spirituality': [
    ...['Buddhism', 'Christianity', 'Hinduism', 'Islam', 'Judaism', 'Religion', 'Spirituality'],
  ],
  Science: [
    ...['Astronomy', 'Chemistry', 'Earth Sciences', 'Life Sciences', 'Mathematics', 'Natural Sciences'],
    ...['Nature', 'Physics', 'Social Sciences'],
  ],
  'Society & Culture': ['Documentary', 'Personal Journals', 'Philosophy', 'Places & Travel', 'Relationships'],
  Sports: [
    ...['Baseball', 'Basketball', 'Cricket', 'Fantasy Sports', 'Football', 'Golf', 'Hockey', 'Rugby'],
    ...['Running', 'Soccer', 'Swimming', 'Tennis', 'Volleyball', 'Wilderness', 'Wrestling'],
  ],
  Technology: [],
  'True Crime': [],
  'TV & Film': ['After Shows', 'Film History', 'Film Interviews', 'Film Reviews', 'TV Reviews'],
};

const closest = (name: string, names: readonly string[]) =>
  names.find((one) => one.toLowerCase() === name.trim().toLowerCase());

/** What is wrong with a category, and what to take instead; undefined when nothing is. */
export function categoryFault(
  category: string,
  subcategory: string | undefined,
): { what: string; remedy: string } | undefined {
  const names = Object.keys(APPLE_CATEGORIES);
  const under = Object.hasOwn(APPLE_CATEGORIES, category) ? APPLE_CATEGORIES[category] : undefined;
  if (under === undefined) {
    const meant = closest(category, names);
    return {
      what: `"${category}" is no category of Apple's list.`,
      remedy: meant === undefined ? `Take one of: ${names.join(', ')}.` : `Write it "${meant}".`,
    };
  }
  if (subcategory === undefined || under.includes(subcategory)) return undefined;
  const meant = closest(subcategory, under);
  const choices = under.length === 0 ? 'There are none: leave it out.' : `Take one of: ${under.join(', ')}.`;
  return {
    what: `"${subcategory}" is not under "${category}" in Apple's list.`,
    remedy: meant === undefined ? choices : `Write it "${meant}".`,
  };
}
