#pragma once
// Neighbourhoods on a surface.
#include <ATen/ATen.h>

#include "rsa/searchlight.h"

namespace brain::rsa {

// Discs about the vertices of a surface: what is in the mask and nearer than `radius` along the edges of the triangles, in
// the units of the vertices (Dijkstra's shortest paths, which are longer than straight lines across triangles by some
// percent). vertices [v, 3], triangles int [t, 3] of places from 0; mask bool [v], all where it is undefined: paths may leave
// it. Columns count the vertices of the mask in their order. Members come by distance, the centre first; a centre is a
// vertex of the mask with at least two.
Neighbourhoods geodesic_discs(const at::Tensor& vertices, const at::Tensor& triangles, double radius,
                              const at::Tensor& mask = {});

}  // namespace brain::rsa
