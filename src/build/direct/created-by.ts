/** What the history of each layer begins with that the direct engine made. */
export const CREATED_BY = 'plimsoll: ';
