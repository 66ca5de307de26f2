using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>Computes one function for some rows at once. All vectors have room for <paramref
/// name="rowCount"/>.</summary>
internal delegate void Kernel(ReadOnlySpan<ColumnVector> arguments, ColumnVector result, int rowCount);

/// <summary>Makes a call's kernel; each worker has its own, so it may keep state between blocks.</summary>
internal delegate Kernel KernelFactory(BoundCall call);
