/** Surveys are taken at ticks that are multiples of this, from 0; a multiple of the ticks between two statistics. */
export const SURVEY_EVERY_TICKS = 500;
