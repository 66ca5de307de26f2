using System.Text.Json;

namespace Tsdb.Bench.Micro.Allocations;

/// <summary>The file that says how many bytes one operation of each path may allocate.</summary>
internal static class AllocationBaseline
{
    private static readonly JsonSerializerOptions _format = new() { WriteIndented = true };

    /// <exception cref="JsonException">The file is not an object of numbers.</exception>
    public static SortedDictionary<string, long> Read(string path) =>
        JsonSerializer.Deserialize<SortedDictionary<string, long>>(File.ReadAllText(path)) ?? [];

    public static void Write(string path, SortedDictionary<string, long> sizeBytesByPath) =>
        File.WriteAllText(path, JsonSerializer.Serialize(sizeBytesByPath, _format) + "\n");
}
