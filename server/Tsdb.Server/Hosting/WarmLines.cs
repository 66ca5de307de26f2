using System.Text;

namespace Tsdb.Server.Hosting;

/// <summary>Line protocol for the warm-up.</summary>
internal static class WarmLines
{
    private const int SeriesCount = 64;
    private const int StepCount = 40;

    // Rows of a series in one piece: so few that they stay as they come.
    private const int RegularStepCount = 3;

    /// <summary>Values of every type, some steady, some wandering, some seldom there.</summary>
    public static byte[] WriteMixed()
    {
        StringBuilder lines = new();
        for (int step = 0; step < StepCount; step++)
        {
            for (int series = 0; series < SeriesCount; series++)
            {
                int value = (series * 31 + step * 17) % 101;
                lines.Append($"warm,host=host_{series},region=r{series % 3} count={value}i,steady=7i,")
                    .Append($"level={value / 10.0},ratio={Math.Sqrt(value)},on={value % 2 == 0}")
                    .Append(step % 4 == 0 ? $",state=\"s{value % 5}\" " : " ")
                    .Append(1_700_000_000_000_000_000 + (step * 10_000_000_000L)).Append('\n');
            }
        }

        return Encoding.ASCII.GetBytes(lines.ToString());
    }

    /// <summary>A piece of rows that all have the same columns, a few of each series.</summary>
    /// <param name="place">Where it comes in time among the other pieces.</param>
    public static byte[] WriteRegular(int place)
    {
        StringBuilder lines = new();
        int firstStep = place * RegularStepCount;
        for (int step = firstStep; step < firstStep + RegularStepCount; step++)
        {
            for (int series = 0; series < SeriesCount; series++)
            {
                int value = ((series * 31) + (step * 17)) % 101;
                lines.Append($"regular,host=host_{series},region=r{series % 3} count={value}i,")
                    .Append($"wide={value * value}i,level={value / 10.0},ratio={Math.Sqrt(value)} ")
                    .Append(1_700_000_000_000_000_000 + (step * 10_000_000_000L)).Append('\n');
            }
        }

        return Encoding.ASCII.GetBytes(lines.ToString());
    }
}
