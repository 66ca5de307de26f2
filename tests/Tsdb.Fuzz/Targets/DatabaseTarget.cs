using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Fuzz.Targets;

/// <summary>
/// One file of a whole database, damaged: it is noticed, or the database reads as it did. The first byte
/// chooses the file. No checksum is made right, since damage does not do that either.
/// </summary>
internal sealed class DatabaseTarget : FuzzTarget
{
    private static readonly string[] _paths = [.. SampleDatabase.Files.Keys.Order(StringComparer.Ordinal)];

    public override string Name => "database";

    public override long InputCountDefault => 300;

    public override IReadOnlyList<byte[]> Samples { get; } =
        [.. _paths.Select(static (path, index) => (byte[])[(byte)index, .. SampleDatabase.Files[path]])];

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }

        string path = _paths[input[0] % _paths.Length];
        SimulatedStorageDevice device = SampleDatabase.Load(path, input[1..]);
        StorageEngine? storage = null;
        try
        {
            storage = StorageEngine.Open(device, SampleDatabase.Options, TimeProvider.System);
            bool isNoticed = storage.GetStatistics().DamagedSegments.Count > 0;
            string text = SampleDatabase.Read(storage);
            if (!isNoticed && !SampleDatabase.States.Contains(text))
            {
                throw new InvalidOperationException($"the damaged {path} reads wrong");
            }
        }
        catch (IOException)
        {
            // Noticed: the message names file and place.
        }
        finally
        {
            Close(storage);
        }
    }

    private static void Close(StorageEngine? storage)
    {
        try
        {
            storage?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            // As above.
        }
    }
}
