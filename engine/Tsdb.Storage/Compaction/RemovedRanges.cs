using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Compaction;

/// <summary>
/// Says which rows of a series in one input a merge leaves out: they were deleted after the input was
/// written. Asked once for each input and series.
/// </summary>
/// <param name="input">One of the inputs. A row deleted in an older one may live again in a newer
/// one.</param>
/// <param name="series">The series.</param>
/// <param name="target">Gets the ranges, in any order; empty as given.</param>
internal delegate void RemovedRanges(SegmentReader input, SeriesId series, List<TimeRange> target);
