using Loxi.Core;

namespace Loxi.Node.State;

/// <summary>
/// The desired state on disk, made for small changes to many services: a whole file (<see cref="ServiceStateFile"/>) and the changes
/// since in a journal (<see cref="ServiceJournal"/>). A change is on disk before it is answered, at the price of its own size. Journals are
/// numbered; the whole file names the first whose changes it does not have. When a journal gets long the next one is begun and the whole
/// file written anew beside it; an orderly stop does that too, so that the whole file alone is the truth while the node does not run.
/// </summary>
internal sealed partial class ServiceStore : IAsyncDisposable
{
    /// <summary>Bytes of a journal from which on the whole file is written anew, unless that is more than twice as long.</summary>
    private const long LongJournal = 1024 * 1024;

    private readonly ServiceStateFile _file;
    private readonly ILogger _logger;
    private readonly Lock _writing = new();
    private Task _folding = Task.CompletedTask;
    private DesiredState _latest = DesiredState.Empty;
    private ServiceJournal? _journal;
    private int _number = 1;
    private volatile int _folded;
    private bool _broken;
    private bool _stale = true;

    public ServiceStore(string directory, ILogger logger)
    {
        _file = new ServiceStateFile(directory);
        _logger = logger;
    }

    /// <summary>The path of the whole file.</summary>
    public string Path => _file.Path;

    /// <summary>Reads the state: the whole file, then the journals. Call first, and once.</summary>
    /// <exception cref="StateFileException">A file is damaged, missing, or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public DesiredState Load()
    {
        _latest = _file.Load(out var first, out var isCurrent);
        var there = ServiceJournal.NumbersIn(_file.DirectoryPath);
        if (first is not { } number)
        {
            return there.Length == 0 ? _latest : throw Orphans(there);
        }

        // A journal that goes on from an older file would tell an older program nothing of what it cannot read: first the whole file anew.
        _folded = isCurrent ? number : 0;
        _number = number;
        int[] wanted = [.. there.Where(n => n >= number)];
        if (wanted.Length == 0)
        {
            _stale = !isCurrent;
            return _latest;
        }

        var state = new StateBuilder(_latest);
        for (var i = 0; i < wanted.Length; i++)
        {
            var path = ServiceJournal.PathOf(_file.DirectoryPath, wanted[i]);
            if (wanted[i] != number + i)
            {
                throw new StateFileException(path, [Problem.Of("journal", wanted[i], $"{ServiceJournal.PathOf(_file.DirectoryPath, number + i)} before it, which is not there")]);
            }

            if (ServiceJournal.Replay(path, i == wanted.Length - 1, state) is > 0 and var cut)
            {
                LogCut(cut, path);
            }
        }

        _number = wanted[^1] + 1;
        return _latest = state.ToState();
    }

    /// <summary>Writes the whole file in the background where it is not the whole truth, or not one that a journal can go on from.</summary>
    public void Fold()
    {
        if (_stale)
        {
            BeginFold();
        }
    }

    /// <summary>Makes a change durable: it is on disk when the task ends. Not to be called twice at a time.</summary>
    /// <param name="difference">What changes.</param>
    /// <param name="desired">The state after it.</param>
    /// <exception cref="IOException">It could not be written; the state on disk is the one before.</exception>
    public async Task SaveAsync(StateDifference difference, DesiredState desired)
    {
        if (NeedsWhole)
        {
            await _folding;
        }

        if (NeedsWhole)
        {
            WriteWhole(desired, _number);
            _broken = false;
        }
        else
        {
            Append(difference);
        }

        _latest = desired;
        if (_journal is not null && _journal.Length > Math.Max(LongJournal, WholeLength() / 2) && _folding.IsCompleted)
        {
            EndJournal();
            BeginFold();
        }
    }

    /// <summary>Writes the whole file when a journal goes beyond it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _folding;
        if (_journal is not null || _broken)
        {
            EndJournal();
            TryWriteWhole(_latest, _number);
        }
    }

    private bool NeedsWhole => _broken || _folded == 0;

    private long WholeLength() => new FileInfo(Path) is { Exists: true } file ? file.Length : 0;

    private void Append(StateDifference difference)
    {
        try
        {
            _journal ??= ServiceJournal.Create(_file.DirectoryPath, _number);
            _journal.Append(difference);
        }
        catch
        {
            // After a failed write nobody knows what the file holds: the next change starts from a whole file.
            _broken = true;
            EndJournal();
            throw;
        }
    }

    private void EndJournal()
    {
        _journal?.Dispose();
        _journal = null;
        _number++;
    }

    /// <summary>From here on changes go to the next journal; the ones before stay until the whole file has them.</summary>
    private void BeginFold()
    {
        var (state, number) = (_latest, _number);
        _folding = Task.Run(() => TryWriteWhole(state, number));
    }

    private void TryWriteWhole(DesiredState state, int number)
    {
        try
        {
            WriteWhole(state, number);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFoldFailed(e, Path);
        }
    }

    private void WriteWhole(DesiredState state, int number)
    {
        lock (_writing)
        {
            if (number < _folded)
            {
                return;
            }

            _file.Save(state, number);
            _folded = number;
        }

        foreach (var old in ServiceJournal.NumbersIn(_file.DirectoryPath).Where(n => n < number))
        {
            DeleteJournal(ServiceJournal.PathOf(_file.DirectoryPath, old));
        }
    }

    /// <summary>One that stays is passed over from now on.</summary>
    private void DeleteJournal(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogDeleteFailed(e, path);
        }
    }

    private StateFileException Orphans(int[] numbers) => new(
        Path,
        [Problem.Of("journal", File.Exists(Path) ? "none" : "no file", $"the number of a journal, because {string.Join(", ", numbers.Select(n => ServiceJournal.PathOf(_file.DirectoryPath, n)))} goes on from it; remove the journal to take this file alone")]);

    [LoggerMessage(8020, LogLevel.Warning, "Cut {Bytes} bytes off {Path}: the end of a change that was never answered")]
    private partial void LogCut(long bytes, string path);

    [LoggerMessage(8022, LogLevel.Warning, "{Path} is not needed any more and could not be deleted")]
    private partial void LogDeleteFailed(Exception exception, string path);

    [LoggerMessage(8021, LogLevel.Error, "{Path} could not be written; the journals beside it hold the changes, the next long journal tries again")]
    private partial void LogFoldFailed(Exception exception, string path);
}
