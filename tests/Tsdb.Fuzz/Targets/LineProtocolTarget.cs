using System.Text;
using Tsdb.Core;
using Tsdb.Ingest.Parse;

namespace Tsdb.Fuzz.Targets;

/// <summary>
/// Line protocol: a parser that has seen much reads every text as a new one does, and each line becomes a
/// row, a refusal or nothing.
/// </summary>
internal sealed class LineProtocolTarget : FuzzTarget
{
    private readonly LineProtocolParser _learned = new();
    private readonly LineProtocolOptions _options =
        new(TimestampPrecision.Nanosecond, 1_700_000_000_000_000_000, LineProtocolLimits.Default);

    public override string Name => "line-protocol";

    public override IReadOnlyList<byte[]> Samples { get; } =
    [
        .. new[]
        {
            "cpu,host=host_1,region=eu-west-1 usage_user=58i,usage_idle=24i 1451606400000000000\n"
                + "cpu,host=host_2,region=eu-west-1 usage_user=59i,usage_idle=25i 1451606410000000000\n",
            "temp,site=n value=21.5,ok=t,note=\"line\\\"s \\\\ end\",at=1500t 1700000000000000000\r\n\n#x\n",
            "two\\ words,k\\,ey=va\\=lue f\\ 1=-0.0025e-7,f2=1u,f3=TRUE,f4=9223372036854775807i\n",
            "w v=1.7976931348623157e308,u=4.9E-324,x=123456789012345678901234567890,y=.5,z=5.\n"
                + "w v=-9999.0 1n\n",
            "ü,ä=ö ß=\"中文 line\nwith an end\" 1\nm,a=1,b=2,c=3,d=4 a1=1,b1=2,c1=3 5t",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public override void Run(byte[] input)
    {
        int lineCount = input.AsSpan().Count((byte)'\n') + 1;
        string learned = Describe(_learned, input, lineCount);
        string fresh = Describe(new LineProtocolParser(), input, lineCount);
        if (learned != fresh)
        {
            throw new InvalidOperationException($"learned parser: {learned}; fresh parser: {fresh}");
        }
    }

    private string Describe(LineProtocolParser parser, byte[] input, int lineCount)
    {
        SampleBatch batch = new();
        RejectLog rejects = new();
        parser.Parse(input, 1, _options, batch, rejects);
        if (batch.RowCount + rejects.Count > lineCount)
        {
            throw new InvalidOperationException(
                $"{batch.RowCount} rows and {rejects.Count} refusals of {lineCount} lines");
        }

        // The detail may name the line's table or not: what has been seen before is named from memory.
        return BatchText.Of(batch) + string.Concat(rejects.Entries.Select(
            static reject => $"{reject.LineNumber}:{reject.Position}:{reject.Reason} "));
    }
}
