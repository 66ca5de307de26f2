using System.Globalization;
using System.Text;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>The bundled CSV files of real readings as line protocol.</summary>
internal static class SampleFiles
{
    private static readonly DateTime _firstCycle = new(2008, 10, 6, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>NAB's machine room: local times without a zone, taken as UTC.</summary>
    public static byte[] ReadAmbient(string folder)
    {
        StringBuilder lines = new();
        foreach (string line in File.ReadLines(Path.Combine(folder, "ambient_temperature.csv")).Skip(1))
        {
            string[] cells = line.Split(',');
            DateTime time = DateTime.ParseExact(
                cells[0], "yyyy-MM-dd HH:mm:ss", null, DateTimeStyles.AssumeUniversal);
            Append(lines, "ambient,sensor=machine_room temperature=" + cells[1], time.ToUniversalTime());
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    /// <summary>C-MAPSS: one row a cycle, an hour apart because cycles have no time of their own.</summary>
    public static byte[] ReadTurbofan(string folder)
    {
        string[] rows = File.ReadAllLines(Path.Combine(folder, "turbofan_fd001.csv"));
        string[] heads = rows[0].Split(',');
        StringBuilder lines = new();
        foreach (string row in rows.Skip(1))
        {
            string[] cells = row.Split(',');
            string fields = string.Concat(heads.Skip(2).Select((head, i) => $",{head}={cells[i + 2]}"));
            int cycle = int.Parse(cells[1], CultureInfo.InvariantCulture);
            Append(lines, $"turbofan,engine={cells[0]} cycle={cycle}i{fields}", _firstCycle.AddHours(cycle));
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private static void Append(StringBuilder lines, string row, DateTime time) =>
        lines.Append(row).Append(' ').Append((time - DateTime.UnixEpoch).Ticks).Append("00\n");
}
