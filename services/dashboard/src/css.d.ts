/** The bundler joins the style sheets that the components import into `main.css`. */
declare module '*.css';
