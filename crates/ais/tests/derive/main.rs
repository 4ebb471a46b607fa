//! Distances, ports, shores and what is derived from tracks.

mod distances;
