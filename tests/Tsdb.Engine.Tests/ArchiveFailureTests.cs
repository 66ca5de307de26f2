using Tsdb.Storage;
using Tsdb.Storage.Backups;

namespace Tsdb.Engine.Tests;

/// <summary>An archive that fails in a way nobody thought of is seen, tried again, and keeps nothing from its
/// end.</summary>
public sealed class ArchiveFailureTests
{
    [Fact]
    public async Task An_unexpected_exception_is_told_tried_again_and_does_not_keep_the_storage_open()
    {
        string directory = Directory.CreateTempSubdirectory("tsdb-archive-").FullName;
        BrokenTarget target = new();
        DatabaseOptions options = new()
        {
            DataDirectory = directory,
            Storage = new StorageOptions { WalFileSizeBytes = 64 << 10, UnarchivedLogSizeBytesMax = 1 << 20 },
            ArchiveTarget = target,
            ArchiveInterval = TimeSpan.FromMilliseconds(1),
        };
        TsdbEngine engine = await TsdbEngine.OpenAsync(options, TimeProvider.System);
        await using (engine)
        {
            Database database = engine.GetOrCreate("plant");
            await target.SecondCall.WaitAsync(TestContext.Current.CancellationToken);
            StorageFault fault = Assert.Single(database.GetFaults());
            Assert.Equal(("archive_failing", false), (fault.Kind, fault.RefusesWrites));
            Assert.Contains("InvalidOperationException: broken", fault.Message, StringComparison.Ordinal);
        }

        // Its lock is given up: what was closed can be opened.
        await using (await TsdbEngine.OpenAsync(options with { ArchiveTarget = null }, TimeProvider.System))
        {
            Assert.True(target.CallCount >= 2);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task An_archive_with_the_longest_of_pauses_goes_on_and_ends()
    {
        string directory = Directory.CreateTempSubdirectory("tsdb-archive-").FullName;
        BrokenTarget target = new();
        DatabaseOptions options = new()
        {
            DataDirectory = directory,
            Storage = new StorageOptions { WalFileSizeBytes = 64 << 10, UnarchivedLogSizeBytesMax = 1 << 20 },
            ArchiveTarget = target,
            ArchiveInterval = TimeSpan.MaxValue,
        };
        await using (TsdbEngine engine = await TsdbEngine.OpenAsync(options, TimeProvider.System))
        {
            engine.GetOrCreate("plant");
            await target.FirstCall.WaitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, target.CallCount);
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Throws what no target should.</summary>
    private sealed class BrokenTarget : IBackupTarget
    {
        private readonly TaskCompletionSource _firstCall =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly TaskCompletionSource _secondCall =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private int _callCount;

        public string Description => "broken";

        public int CallCount => Volatile.Read(ref _callCount);

        public Task FirstCall => _firstCall.Task;

        /// <summary>The first one has ended by then.</summary>
        public Task SecondCall => _secondCall.Task;

        public Task PutAsync(string key, Stream content, CancellationToken cancellationToken) => Throw();

        public Task<bool> TryAddAsync(string key, Stream content, CancellationToken cancellationToken) =>
            Task.FromException<bool>(Throw().Exception!);

        public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) =>
            Task.FromResult<Stream?>(null);

        public Task<IReadOnlyList<BackupObject>> ListAsync(string folder, CancellationToken cancellationToken)
        {
            int callCount = Interlocked.Increment(ref _callCount);
            _firstCall.TrySetResult();
            if (callCount == 2)
            {
                _secondCall.SetResult();
            }

            throw new InvalidOperationException("broken");
        }

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => Throw();

        private static Task Throw() => Task.FromException(new InvalidOperationException("broken"));
    }
}
