/**
 * MovieLens (https://grouplens.org/datasets/movielens/): `movies.csv` and `ratings.csv`, the `.dat` files
 * with `::`, and `u.item` and `u.data` of the oldest set, which are in windows-1252. Who rated a film 4 or
 * more likes it; what was rated less says nothing here.
 */
import { eachRow, type Feed, Named, present } from "./feed.ts";

const likedFrom = 4;

/** The flags of u.item, in their order, by its u.genre. */
const genres = [
  "unknown",
  "Action",
  "Adventure",
  "Animation",
  "Children's",
  "Comedy",
  "Crime",
  "Documentary",
  "Drama",
  "Fantasy",
  "Film-Noir",
  "Horror",
  "Musical",
  "Mystery",
  "Romance",
  "Sci-Fi",
  "Thriller",
  "War",
  "Western",
] as const;

const filmColumns = ["movieId", "title", "released", "videoReleased", "imdb", ...genres];

export const movielens: Feed = {
  name: "movielens",
  people: ["userId"],
  header: (first) => {
    if (first.length === filmColumns.length) return filmColumns;
    if (!/^\d+$/.test(first[0] ?? "")) return null;
    return first.length === 4 ? ["userId", "movieId", "rating", "timestamp"] : ["movieId", "title", "genres"];
  },
  catalogue: (rows) =>
    eachRow(rows, (values) => {
      const named = new Named(values);
      const flagged = genres.slice(1).filter((genre) => named.text(genre) === "1");
      const listed = named.text("genres");
      const isNone = listed === "(no genres listed)";
      return [
        present({
          id: named.text("movieId"),
          title: named.text("title"),
          categories: listed === "" || isNone ? flagged : listed.split("|"),
        }),
      ];
    }),
  log: (rows) =>
    eachRow(rows, (values) => {
      const named = new Named(values);
      if (!(Number(named.text("rating")) >= likedFrom)) return `rated below ${likedFrom}`;
      return [
        present({
          person: named.text("userId"),
          item: named.text("movieId"),
          at: named.text("timestamp"),
          kind: "like",
        }),
      ];
    }),
};
