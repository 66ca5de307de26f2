using System.Globalization;
using System.Net;
using System.Text;

namespace Tsdb.EndToEnd.Kills;

/// <summary>
/// One sender with a connection of its own: rows that nobody else sends, in small batches, out of order in
/// time; what a row holds follows from its number, so that it can be checked.
/// </summary>
internal sealed class KillWriter(int id, Random random)
{
    private const long RoundNs = 1_000_000_000_000_000;
    private const long StepNs = 1_000_000;

    private long _nextNumber;

    public int Id { get; } = id;

    /// <summary>What was sent since the last <see cref="StartRound"/>.</summary>
    public List<SentBatch> Batches { get; } = [];

    public static long RoundStartNs(int round) => 1_700_000_000_000_000_000 + (round * RoundNs);

    public static string FieldsOf(int id, long number) => string.Create(
        CultureInfo.InvariantCulture, $"{number},{(number * 7) + (id * 0.25)},text {number % 97}");

    public void StartRound() => Batches.Clear();

    /// <summary>Sends until the server is gone.</summary>
    public async Task RunAsync(string url, int round, Action<SentBatch> onAcknowledged)
    {
        using HttpClient client = new();
        while (true)
        {
            int rowCount = random.Next(1, 200);
            long first = _nextNumber;
            _nextNumber += rowCount;
            using ByteArrayContent body = new(Encoding.UTF8.GetBytes(LinesOf(round, first, rowCount)));
            bool isAcknowledged = await TryPostAsync(client, $"{url}/write", body);
            SentBatch batch = new(first, rowCount, isAcknowledged);
            Batches.Add(batch);
            if (!isAcknowledged)
            {
                return;
            }

            onAcknowledged(batch);
        }
    }

    private static async Task<bool> TryPostAsync(HttpClient client, string url, ByteArrayContent body)
    {
        try
        {
            using HttpResponseMessage reply = await client.PostAsync(url, body);
            Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
            return true;
        }
        catch (HttpRequestException)
        {
            // The server was killed under the request: whether the rows are there is for it to say later.
            return false;
        }
    }

    private string LinesOf(int round, long first, int rowCount)
    {
        StringBuilder lines = new();
        for (long number = first; number < first + rowCount; number++)
        {
            // Neighbours change places, some by far: late rows make late segments.
            long place = number % 50 == 0 ? number - 5_000_000 : number ^ 0x1F;
            long timestampNs = RoundStartNs(round) + (place * StepNs) + Id + (RoundNs / 2);
            double value = (number * 7) + (Id * 0.25);
            lines.Append(CultureInfo.InvariantCulture, $"k,w={Id} n={number}i,x={value}");
            lines.Append(CultureInfo.InvariantCulture, $",s=\"text {number % 97}\" {timestampNs}\n");
        }

        return lines.ToString();
    }
}
