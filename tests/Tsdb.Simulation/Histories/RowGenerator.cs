using Tsdb.Core;

namespace Tsdb.Simulation.Histories;

/// <summary>Draws the rows of a history.</summary>
internal sealed class RowGenerator
{
    private const long StartNs = 1_700_000_000L * 1_000_000_000;
    private const double WidensRatio = 0.002;

    private static readonly string[] _columns = ["f", "n", "i", "b", "s", "t"];
    private static readonly string[] _tagValues = ["a", "two words", "x,y=z", "ends\\", "ü", "b", "c", "d"];
    private static readonly long[] _extremesNs =
        [long.MinValue, long.MinValue + 1, -1, 0, long.MaxValue - 1, long.MaxValue];

    private static readonly uint[] _statuses = [0x8000_0000, 0x4000_0000, 0x0000_0400, 0, 0x8089_0000];

    private readonly Random _random;
    private readonly SeriesName[] _series;
    private readonly Dictionary<string, ColumnType> _types = [];
    private readonly List<long> _usedNs = [];
    private long _nowNs = StartNs;

    public RowGenerator(Random random)
    {
        _random = random;
        Profile = new HistoryProfile(random);
        _series = [.. Enumerable.Range(0, Profile.TableCount).SelectMany(MakeSeries)];
    }

    public HistoryProfile Profile { get; }

    /// <summary>The latest time of rows that are not from the extremes.</summary>
    public long NowNs => _nowNs;

    /// <summary>The columns of a table are gone.</summary>
    public void Forget(string table)
    {
        foreach (string column in _columns)
        {
            _types.Remove($"{table}.{column}");
        }
    }

    /// <summary>A batch of at least one row.</summary>
    public List<WrittenRow> NextBatch(int rowCountMax)
    {
        int rowCount = _random.Next(1, rowCountMax + 1);
        List<WrittenRow> rows = [];
        while (rows.Count < rowCount)
        {
            SeriesName series = _series[_random.Next(_series.Length)];
            List<KeyValuePair<CellName, CellValue>> cells = Chance(Profile.PatchRatio)
                ? NextPatch(series.Table)
                : NextCells(series.Table);
            if (cells.Count > 0)
            {
                rows.Add(new WrittenRow(series, NextTimestampNs(), cells));
            }
        }

        return rows;
    }

    /// <summary>A time at, between or beyond those of the rows.</summary>
    public long NextBoundNs() => _random.Next(4) switch
    {
        0 => StartNs + _random.NextInt64(-1_000_000_000, 1_000_000_000),
        1 when _usedNs.Count > 0 => _usedNs[_random.Next(_usedNs.Count)] + _random.Next(2),
        2 => _extremesNs[_random.Next(_extremesNs.Length)],
        _ => _random.NextInt64(StartNs, Math.Max(StartNs + 1, _nowNs)),
    };

    private IEnumerable<SeriesName> MakeSeries(int table)
    {
        for (int i = 0; i < Profile.SeriesCount; i++)
        {
            List<KeyValuePair<string, string>> tags = [];
            if (i > 0)
            {
                tags.Add(new("h", _tagValues[i]));
            }

            if (i % 2 == 1)
            {
                tags.Add(new("r", _tagValues[_random.Next(_tagValues.Length)]));
            }

            yield return new SeriesName($"t{table}", tags);
        }
    }

    private long NextTimestampNs()
    {
        if (_usedNs.Count > 0 && Chance(Profile.RepeatRatio))
        {
            return _usedNs[_random.Next(_usedNs.Count)];
        }

        long timestampNs = Chance(Profile.ExtremeRatio)
            ? _extremesNs[_random.Next(_extremesNs.Length)]
            : NextPlainNs();
        if (_usedNs.Count < 4096)
        {
            _usedNs.Add(timestampNs);
        }
        else
        {
            _usedNs[_random.Next(_usedNs.Count)] = timestampNs;
        }

        return timestampNs;
    }

    private long NextPlainNs()
    {
        if (Chance(Profile.LateRatio))
        {
            long latenessMax = _random.Next(20) == 0 ? 100_000 : 50;
            return _nowNs - (Profile.StepNs * _random.NextInt64(latenessMax));
        }

        _nowNs += Profile.StepNs * (_random.Next(200) == 0 ? 10_000 : 1);
        return _nowNs;
    }

    private List<KeyValuePair<CellName, CellValue>> NextCells(string table)
    {
        List<KeyValuePair<CellName, CellValue>> cells = [];
        foreach (string column in _columns)
        {
            if (!Chance(Profile.PresenceRatio))
            {
                continue;
            }

            CellValue value = NextValue(table, column);
            bool isKnown = _types.TryAdd($"{table}.{column}", value.Type) is false;
            if (isKnown && Chance(Profile.NullRatio))
            {
                cells.Add(new(new(column, CellKind.Status), CellValue.OfInteger(StatusCode.BadNoData.Value)));
                continue;
            }

            cells.Add(new(new(column, CellKind.Value), value));
            if (Chance(Profile.QualityRatio) || !IsFinite(value))
            {
                AddQuality(cells, table, column, IsFinite(value));
            }
        }

        AddRowCells(cells);
        return cells;
    }

    private List<KeyValuePair<CellName, CellValue>> NextPatch(string table)
    {
        List<KeyValuePair<CellName, CellValue>> cells = [];
        foreach (string column in _columns)
        {
            if (_types.ContainsKey($"{table}.{column}") && _random.Next(3) == 0)
            {
                AddQuality(cells, table, column, isFinite: true);
            }
        }

        if (cells.Count > 0)
        {
            AddRowCells(cells);
        }

        return cells;
    }

    private void AddQuality(
        List<KeyValuePair<CellName, CellValue>> cells, string table, string column, bool isFinite)
    {
        uint status = isFinite ? _statuses[_random.Next(_statuses.Length)] : StatusCode.BadNoData.Value;
        if (!isFinite || _random.Next(4) != 0)
        {
            cells.Add(new(new(column, CellKind.Status), CellValue.OfInteger(status)));
        }

        if (_random.Next(3) == 0)
        {
            cells.Add(new(new(column, CellKind.Findings), CellValue.OfInteger(_random.Next(1, 1 << 20))));
        }

        if (_random.Next(3) == 0)
        {
            cells.Add(new(new(column, CellKind.Repaired), NextValue(table, column)));
        }
    }

    private void AddRowCells(List<KeyValuePair<CellName, CellValue>> cells)
    {
        if (!Chance(Profile.RowCellRatio))
        {
            return;
        }

        for (CellKind kind = CellKind.RawTimestamp; kind <= CellKind.SourceSequence; kind++)
        {
            if (_random.Next(2) == 0)
            {
                ColumnType type = kind <= CellKind.Arrival ? ColumnType.Timestamp : ColumnType.Int64;
                cells.Add(new(new("", kind), new CellValue(type, (ulong)_random.NextInt64(), null)));
            }
        }
    }

    private CellValue NextValue(string table, string column)
    {
        ColumnType known = _types.GetValueOrDefault($"{table}.{column}");
        if (known is ColumnType.Float64 or ColumnType.Bool && Chance(Profile.ConflictRatio))
        {
            return CellValue.OfText("does not fit");
        }

        switch (column)
        {
            case "f":
                return CellValue.OfFloat(NextFloat());
            case "n":
                return CellValue.OfInteger(NextInteger());
            case "i":
                return Chance(WidensRatio)
                    ? CellValue.OfFloat(_random.Next(1000) / 8.0)
                    : CellValue.OfInteger(_random.Next(-100_000, 100_000));
            case "b":
                return new CellValue(ColumnType.Bool, (ulong)_random.Next(2), null);
            case "s":
                return CellValue.OfText(NextText());
            default:
                long timestampNs = StartNs + _random.NextInt64(1L << 40);
                return new CellValue(ColumnType.Timestamp, (ulong)timestampNs, null);
        }
    }

    private double NextFloat() => _random.Next(40) switch
    {
        0 => BitConverter.UInt64BitsToDouble((ulong)_random.NextInt64() & 0xBFEF_FFFF_FFFF_FFFF),
        1 => -0.0,
        2 when Profile.QualityRatio > 0 => double.NaN,
        3 when Profile.QualityRatio > 0 => double.NegativeInfinity,
        _ => _random.Next(-100_000, 100_000) / 100.0,
    };

    private long NextInteger() => _random.Next(50) switch
    {
        0 => long.MinValue,
        1 => long.MaxValue,
        2 => _random.NextInt64(),
        _ => _random.Next(1000),
    };

    private string NextText() => _random.Next(20) switch
    {
        0 => "",
        1 => new string('x', _random.Next(200)),
        2 => $"é\u4e16 {_random.NextInt64()}",
        _ => $"word{_random.Next(8)}",
    };

    private bool Chance(double ratio) => _random.NextDouble() < ratio;

    private static bool IsFinite(CellValue value) =>
        value.Type != ColumnType.Float64 || double.IsFinite(BitConverter.UInt64BitsToDouble(value.Bits));
}
