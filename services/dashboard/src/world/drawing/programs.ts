/** Why nothing can be drawn, in words for people. */
export class CannotDraw extends Error {
  override readonly name = 'CannotDraw';
}

/** A program and where its uniforms are. */
export interface Program {
  program: WebGLProgram;
  /** @throws CannotDraw if the graphics refuse the program. */
  uniform(name: string): WebGLUniformLocation | null;
}

/** Has the graphics compile a program beside what the page does. Whoever uses it waits until that is done. */
export function createProgram(
  gl: WebGL2RenderingContext,
  vertexSource: string,
  fragmentSource: string,
): Program {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexSource],
    [gl.FRAGMENT_SHADER, fragmentSource],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) throw new CannotDraw('The graphics of this browser were lost.');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  const known = new Map<string, WebGLUniformLocation | null>();
  const uniform = (name: string) => {
    if (known.size === 0) check(gl, program);
    if (!known.has(name)) known.set(name, gl.getUniformLocation(program, name));
    return known.get(name) ?? null;
  };
  return { program, uniform };
}

function check(gl: WebGL2RenderingContext, program: WebGLProgram): void {
  if (gl.getProgramParameter(program, gl.LINK_STATUS) || gl.isContextLost()) return;
  const log = gl.getAttachedShaders(program)?.map((shader) => gl.getShaderInfoLog(shader));
  throw new CannotDraw(`The graphics of this browser refuse to draw: ${log?.join(' ')}`);
}

/** A texture that is read pixel by pixel. */
export function createTexture(gl: WebGL2RenderingContext): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
    gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  }
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
    gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  }
  return texture;
}

/** How the bytes of a texture are read. */
export type TextureForm = 'bytes' | 'words' | 'quads' | 'colours';

/** Puts pixels into the bound texture; the same size and form as before reuses its memory. */
export function upload(
  gl: WebGL2RenderingContext,
  form: TextureForm,
  size: { width: number; height: number },
  pixels: Uint8Array,
  isSameSize: boolean,
): void {
  const [internal, format, type] = {
    bytes: [gl.R8UI, gl.RED_INTEGER, gl.UNSIGNED_BYTE],
    words: [gl.R16UI, gl.RED_INTEGER, gl.UNSIGNED_SHORT],
    quads: [gl.RGBA8UI, gl.RGBA_INTEGER, gl.UNSIGNED_BYTE],
    colours: [gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE],
  }[form] as [number, number, number];
  const { width, height } = size;
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  const data = form === 'words' ? words(pixels) : pixels;
  if (isSameSize) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, format, type, data);
  else gl.texImage2D(gl.TEXTURE_2D, 0, internal, width, height, 0, format, type, data);
}

/** Every machine that browsers run on is little-endian, as the tiles are. */
function words(pixels: Uint8Array): Uint16Array {
  const aligned = pixels.byteOffset % 2 === 0 ? pixels : pixels.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1);
}
