/** A course of values as heights for `sparkPath`. */

const HIGHEST = 31;

/** The least value becomes 0, the greatest 31, null stays a gap; a level course runs in the middle. */
export function heightsOf(course: readonly (number | null)[]): (number | null)[] {
  const known = course.filter((value) => value !== null);
  const least = Math.min(...known);
  const range = Math.max(...known) - least;
  return course.map((value) => {
    if (value === null) return null;
    return range > 0 ? ((value - least) / range) * HIGHEST : HIGHEST / 2;
  });
}
