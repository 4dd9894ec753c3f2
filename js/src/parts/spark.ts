/** A metric's course as a small line. */
import { sparkPath } from '../lib/spark';

const SVG = 'http://www.w3.org/2000/svg';

/** course: heights from 0 to 31, null for a gap. */
export function spark(course: readonly (number | null)[], width: number, height: number): SVGElement {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('class', 'tb-Spark');
  picture.setAttribute('width', String(width));
  picture.setAttribute('height', String(height));
  picture.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', sparkPath(course, width, height));
  picture.append(line);
  return picture;
}
