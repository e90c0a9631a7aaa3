/** Rectangles of the screen in CSS pixels, one by one, with a place in a texture that grows along them. */
export const RECTANGLE_VERTEX = `#version 300 es
precision highp float;
uniform vec2 screen;
/* left, top, right, bottom */
uniform vec4 area;
/* the same of the texture: of tiles as shares of it, of single cells in its pixels */
uniform vec4 source;
out vec2 place;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  place = mix(source.xy, source.zw, corner);
  vec2 at = mix(area.xy, area.zw, corner) / screen;
  gl_Position = vec4(2.0 * at.x - 1.0, 1.0 - 2.0 * at.y, 0.0, 1.0);
}`;

/** What a program for tiles can do. */
export interface TileKind {
  /** The pixels are colours; else they are values, whose colours a palette has. */
  isColour: boolean;
  /** All creatures but those that are marked are dimmed. */
  isMarking: boolean;
}

/**
 * Tiles. Values become colours by a palette of 256 columns; layers that are colours (blue, green,
 * red, 255 in this order; all 0 where nobody lives) are taken as they are. While creatures are
 * marked, all others are dimmed: `kinds` is the tile of their colours at the same place.
 *
 * A program for each kind of tile and not one that asks in each pixel: where a processor draws, that takes half the
 * time (docs/performance.md).
 */
export const tileFragment = ({ isColour, isMarking }: TileKind): string => `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform ${isColour ? 'sampler2D' : 'usampler2D'} tile;
uniform sampler2D palette;
uniform sampler2D kinds;
uniform uvec3 marked;
uniform vec3 nobody;
in vec2 place;
out vec4 colour;
void main() {
${isColour ? COLOUR_SHADE : VALUE_SHADE}${isMarking ? DIM_OTHERS : ''}
  colour = vec4(shade, 1.0);
}`;

const COLOUR_SHADE = `  vec4 value = texture(tile, place);
  vec3 shade = value.a == 0.0 ? nobody : value.bgr;`;

const VALUE_SHADE = `  uint value = texture(tile, place).r;
  vec3 shade = texelFetch(palette, ivec2(value & 255u, value >> 8u), 0).rgb;`;

const DIM_OTHERS = `
  vec4 kind = texture(kinds, place);
  if (kind.a == 0.0 || uvec3(kind.bgr * 255.0 + 0.5) != marked) {
    shade = mix(vec3(dot(shade, vec3(0.3, 0.6, 0.1))), shade, 0.25) * 0.3;
  }`;

/**
 * Single cells, as cell-looks.ts describes them. A disc shows the size, the ring around it the health
 * from the top clockwise, an eye in it a killer, four fins a mover.
 */
export const CELLS_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform sampler2D ground;
uniform sampler2D body;
uniform usampler2D traits;
/* CSS pixels of a cell */
uniform float scale;
in vec2 place;
out vec4 colour;
const float TURN = 6.2831853;
void main() {
  ivec2 cell = clamp(ivec2(floor(place)), ivec2(0), textureSize(ground, 0) - 1);
  vec2 at = fract(place) - 0.5;
  float soft = 0.75 / scale;
  vec3 shade = texelFetch(ground, cell, 0).rgb;
  /* A thin gap between cells. */
  float edge = 0.5 - max(abs(at.x), abs(at.y));
  shade *= mix(0.72, 1.0, smoothstep(0.0, 1.5 / scale, edge));
  uvec4 trait = texelFetch(traits, cell, 0);
  if (trait.r > 0u) {
    bool kills = (trait.g & 1u) != 0u;
    bool moves = (trait.g & 2u) != 0u;
    bool isDim = (trait.g & 4u) != 0u;
    vec3 skin = texelFetch(body, cell, 0).rgb;
    vec3 outline = dot(skin, vec3(0.3, 0.6, 0.1)) > 0.45 ? skin * 0.45 : mix(skin, vec3(1.0), 0.5);
    float radius = float(trait.r) / 510.0;
    float far = length(at);
    vec3 creature = skin;
    if (kills) {
      float dot = 1.0 - smoothstep(radius * 0.38 - soft, radius * 0.38 + soft, far);
      creature = mix(creature, vec3(0.04, 0.02, 0.05), dot);
      float eye = 1.0 - smoothstep(radius * 0.16 - soft, radius * 0.16 + soft, far);
      creature = mix(creature, vec3(0.95, 0.25, 0.2), eye);
    }
    float rim = smoothstep(radius - 0.045 - soft, radius - 0.045 + soft, far);
    creature = mix(creature, outline, rim * 0.9);
    float alpha = 1.0 - smoothstep(radius - soft, radius + soft, far);
    if (moves) {
      /* Four fins. */
      vec2 a = abs(at);
      float fin = min(a.x, a.y) - 0.035 + max(0.0, max(a.x, a.y) - radius) * 0.35;
      float reach = max(a.x, a.y) - (radius + 0.07);
      float inside = 1.0 - smoothstep(-soft, soft, max(fin, reach));
      alpha = max(alpha, inside);
      if (far > radius) creature = outline;
    }
    /* Health. */
    float turn = fract(atan(at.x, -at.y) / TURN + 1.0);
    float ring = 1.0 - smoothstep(0.022, 0.022 + soft, abs(far - 0.455));
    float share = float(trait.b) / 255.0;
    vec3 health = turn < share ? vec3(0.98, 0.98, 0.94) : vec3(0.25, 0.27, 0.3);
    float strength = isDim ? 0.25 : 1.0;
    shade = mix(shade, health, ring * strength * (turn < share ? 0.9 : 0.45));
    if (isDim) creature = mix(vec3(dot(creature, vec3(0.3, 0.6, 0.1))), creature, 0.25) * 0.4;
    shade = mix(shade, creature, alpha);
  }
  colour = vec4(shade, 1.0);
}`;
