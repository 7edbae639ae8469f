// GrapesJS with its MJML preset and their Dutch, for the drawing frame; tools/assets.py makes one classic script of it.
import grapesjs from 'grapesjs';
import mjml from 'grapesjs-mjml';
import mjmlDutch from 'grapesjs-mjml/locale/nl.js';
import mjml2html from 'mjml-browser';
import dutch from 'grapesjs/locale/nl.js';

globalThis.drawing = { grapesjs, mjml, mjml2html, dutch, mjmlDutch };
