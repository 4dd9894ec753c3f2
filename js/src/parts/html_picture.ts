/** A picture of HTML as it is seen in the page: its looks are written out, so that an SVG can hold it. */

// Not the sizes: a table finds them again by what is in it, and written down they would count its borders twice.
const LOOKS =
  'background-color border-collapse border-spacing color display font-family font-size font-style font-variant-numeric ' +
  'font-weight line-height list-style-type text-align text-decoration-line text-indent vertical-align white-space';
const SIDES = 'top right bottom left';
const OF_A_SIDE = 'border-SIDE-color border-SIDE-style border-SIDE-width margin-SIDE padding-SIDE';
const OF_A_PICTURE = 'width height';
const NAMES = [
  ...LOOKS.split(' '),
  ...SIDES.split(' ').flatMap((side) => OF_A_SIDE.replaceAll('SIDE', side).split(' ')),
];
const EDGE = 12; // pixels of paper round the drawing
const LONGEST_SIDE = 16_000; // pixels of a canvas that every browser can make
const SHARP = 2; // pixels of the picture a pixel of the page

/** Draws a node as PNG on paper of this colour; as large as all of it, also what has to be scrolled to. */
export async function htmlPicture(node: HTMLElement, paper: string): Promise<Blob> {
  const width = Math.ceil(
    Math.max(node.scrollWidth, ...[...node.querySelectorAll('*')].map((each) => each.scrollWidth)),
  );
  const copy = looksWritten(node);
  copy.style.width = `${width}px`;
  copy.style.overflow = 'visible';
  const height = Math.ceil(node.scrollHeight);
  const size = { width: width + 2 * EDGE, height: height + 2 * EDGE };
  const image = await loaded(asSvg(copy, size));
  const scale = Math.min(SHARP, LONGEST_SIDE / size.width, LONGEST_SIDE / size.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.floor(size.width * scale);
  canvas.height = Math.floor(size.height * scale);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser has no canvas to draw on');
  pen.fillStyle = paper;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large'))), 'image/png');
  });
}

/** Copies a node with the looks that style sheets and the theme give it; nothing that could be run comes along. */
export function looksWritten(node: HTMLElement): HTMLElement {
  const copy = node.cloneNode(true) as HTMLElement;
  const [from, to] = [all(node), all(copy)];
  from.forEach((each, at) => {
    const made = to[at];
    if (!(made instanceof HTMLElement)) return;
    const look = getComputedStyle(each);
    made.removeAttribute('style');
    for (const name of made instanceof HTMLImageElement ? [...NAMES, ...OF_A_PICTURE.split(' ')] : NAMES)
      made.style.setProperty(name, look.getPropertyValue(name));
  });
  for (const script of copy.querySelectorAll('script, style')) script.remove();
  return copy;
}

function all(node: HTMLElement): Element[] {
  return [node, ...node.querySelectorAll('*')];
}

function asSvg(node: HTMLElement, size: { width: number; height: number }): string {
  const inside = new XMLSerializer().serializeToString(node);
  const box = `width="${size.width}" height="${size.height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${box}><foreignObject x="${EDGE}" y="${EDGE}" ${box}>${inside}</foreignObject></svg>`;
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

async function loaded(source: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}
