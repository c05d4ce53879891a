#include "io/cifti_axes.h"

#include "volume_files.h"

using Catch::Matchers::Contains;
using namespace volumes;

#ifdef BRAIN_EXPAT
namespace {

Bytes bytes(const std::string& text) { return Bytes::from(std::string(text)); }

const std::string scalars =
    "<MatrixIndicesMap AppliesToMatrixDimension='0' IndicesMapToDataType='CIFTI_INDEX_TYPE_SCALARS'>"
    "<NamedMap><MapName>one</MapName></NamedMap></MatrixIndicesMap>";
const std::string models =
    "<MatrixIndicesMap AppliesToMatrixDimension='1' IndicesMapToDataType='CIFTI_INDEX_TYPE_BRAIN_MODELS'>"
    "<BrainModel IndexOffset='0' IndexCount='2' BrainStructure='CIFTI_STRUCTURE_CORTEX_LEFT' SurfaceNumberOfVertices='9'>"
    "<VertexIndices>3 8</VertexIndices></BrainModel></MatrixIndicesMap>";

std::string document(const std::string& maps) { return "<CIFTI Version='2'><Matrix>" + maps + "</Matrix></CIFTI>"; }

}  // namespace

TEST_CASE("the models as they stand in the file") {
  CHECK(brain_models_xml(bytes(document(scalars + models)), "m") == models);
  CHECK_THROWS_WITH(brain_models_xml(bytes(document(scalars)), "m"), Contains("expected brain models along its second axis"));
}

TEST_CASE("each axis is described once") {
  Dict dict;
  read_cifti_axes(bytes(document(scalars + models)), {1, 2}, "m", 1000, dict);
  CHECK(sequence(*dict.find("axes"))->size() == 2);
  CHECK_THROWS_WITH(read_cifti_axes(bytes(document(scalars)), {1, 2}, "m", 1000, dict), "m: its XML says nothing of axis 1");
  CHECK_THROWS_WITH(read_cifti_axes(bytes(document(scalars + scalars)), {1, 2}, "m", 1000, dict), "m: its XML describes axis 0 twice");
  CHECK_THROWS_WITH(read_cifti_axes(bytes(document(scalars + models)), {1, 3}, "m", 1000, dict), "m: place 2 belongs to no structure");
  CHECK_THROWS_WITH(read_cifti_axes(bytes(document(scalars + models)), {2, 2}, "m", 1000, dict), "m: expected 2 names of scalars, found 1");
  CHECK_THROWS_WITH(read_cifti_axes(bytes(document(scalars + models)), {1, 2}, "m", 50, dict), "m: 2 places need more than 50 bytes");
}
#endif
