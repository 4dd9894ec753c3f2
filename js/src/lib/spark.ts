/** A metric's course as the path of a small line. */

/** course: heights from 0 to 31, null for a gap. Returns an SVG path; a point alone between gaps is a dot. */
export function sparkPath(course: readonly (number | null)[], width: number, height: number): string {
  const step = course.length > 1 ? width / (course.length - 1) : 0;
  let path = '';
  let drawing = false;
  course.forEach((value, place) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const x = round(place * step);
    const y = round(height - 1 - (value / 31) * (height - 2));
    path += `${drawing ? 'L' : 'M'}${x} ${y}`;
    const alone = !drawing && (course[place + 1] ?? null) === null;
    if (alone) path += 'h.1';
    drawing = true;
  });
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
