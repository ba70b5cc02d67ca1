using System.IO.MemoryMappedFiles;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Processes;

/// <summary>
/// The wall clock of one process, set and let run fast or slow as it runs, as the clock of a machine is: its monotonic clock and all its waits go on, and the stamps of
/// datagrams follow. By a small library before the C library (wall_clock.c), which takes no lock: a real-time thread waits for nobody.
/// </summary>
public sealed class FakeWallClock : IDisposable
{
    private const int SettingsAt = sizeof(long);
    private const int SettingSize = 3 * sizeof(long);
    private readonly string _directory;
    private readonly string _library;
    private readonly string _file;
    private readonly MemoryMappedFile _memory;
    private readonly MemoryMappedViewAccessor _area;
    private long _turn;
    private (long Since, long Offset, double Drift) _setting;

    private FakeWallClock(LabHost host)
    {
        _directory = Path.Combine(host.Lab.StateDirectory, $"{host.Name}.clock");
        Directory.CreateDirectory(_directory);
        // A .NET program looks clock_gettime up in "libc" by name, which no preload changes: by that name it finds this library, and through it the rest of libc.
        _library = Path.Combine(_directory, "libc.so");
        Shell.Run("cc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", _library, Path.Combine(AppContext.BaseDirectory, "wall_clock.c"));
        _file = Path.Combine(_directory, "area");
        _memory = MemoryMappedFile.CreateFromFile(_file, FileMode.CreateNew, null, SettingsAt + (2 * SettingSize));
        _area = _memory.CreateViewAccessor();
    }

    /// <summary>Makes a clock for a process on a host; closed at the latest with the lab.</summary>
    /// <exception cref="LabException">The library cannot be compiled.</exception>
    public static FakeWallClock Create(LabHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Own(new FakeWallClock(host));
    }

    /// <summary>The variables of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = _library,
        ["LD_LIBRARY_PATH"] = _directory,
        ["LOXI_WALL_CLOCK"] = _file,
    };

    /// <summary>Sets the clock this far from that of the machine.</summary>
    public void Step(TimeSpan offset) => Set(Now(), offset.Ticks * TimeSpan.NanosecondsPerTick, 0);

    /// <summary>Lets it run at a rate from now on, from where it is.</summary>
    public void Slew(double rate)
    {
        var now = Now();
        Set(now, _setting.Offset + (long)((now - _setting.Since) * _setting.Drift), rate - 1);
    }

    public void Dispose()
    {
        _area.Dispose();
        _memory.Dispose();
    }

    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>The process reads the setting of this turn or that of the one before: never the one that is being written.</summary>
    private void Set(long since, long offset, double drift)
    {
        _setting = (since, offset, drift);
        _turn++;
        var at = SettingsAt + (int)(_turn % 2 * SettingSize);
        _area.Write(at, since);
        _area.Write(at + sizeof(long), offset);
        _area.Write(at + (2 * sizeof(long)), drift);
        Thread.MemoryBarrier();
        _area.Write(0, _turn);
    }
}
