using System.Diagnostics.CodeAnalysis;
using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Pinning;

/// <summary>A directory in a bpffs that holds one application's pins.</summary>
public sealed class PinDirectory
{
    private PinDirectory(string path) => Path = path;

    /// <summary>Path of the directory.</summary>
    public string Path { get; }

    /// <summary>Opens a directory, creating it when it is missing. Only the owner may enter a directory that this creates.</summary>
    /// <param name="path">Path inside a bpffs.</param>
    /// <exception cref="EbpfException">The path is not in a bpffs (see <see cref="BpfFs.EnsureMounted"/>), or cannot be created.</exception>
    public static PinDirectory Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("bpffs exists on Linux only");
        }

        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        RequireBpfFs(full);
        try
        {
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EbpfException($"create the pin directory {full}", 0, detail: e.Message);
        }

        return new PinDirectory(full);
    }

    /// <summary>Path of a pin of this directory.</summary>
    /// <param name="name">File name: not empty, without '/' and '.', which bpffs forbids.</param>
    public string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name.AsSpan().ContainsAny('/', '.')
            ? throw new ArgumentException($"'{name}' cannot name a pin: bpffs allows no '/' and no '.'", nameof(name))
            : System.IO.Path.Combine(Path, name);
    }

    /// <summary>Lists what is pinned, by name.</summary>
    /// <exception cref="EbpfException">An entry cannot be opened.</exception>
    public IReadOnlyList<PinnedObject> List()
    {
        List<PinnedObject> entries = [];
        foreach (string path in Directory.EnumerateFileSystemEntries(Path))
        {
            entries.Add(new PinnedObject(System.IO.Path.GetFileName(path), path, Directory.Exists(path) ? PinKind.Directory : KindOf(path)));
        }

        entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    /// <summary>Pins a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="name">File name.</param>
    /// <exception cref="EbpfException">The name is taken (EEXIST).</exception>
    public void Pin(BpfMap map, string name)
    {
        ArgumentNullException.ThrowIfNull(map);
        map.Pin(PathOf(name));
    }

    /// <summary>Pins a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="name">File name.</param>
    /// <exception cref="EbpfException">The name is taken (EEXIST).</exception>
    public void Pin(BpfProgram program, string name)
    {
        ArgumentNullException.ThrowIfNull(program);
        program.Pin(PathOf(name));
    }

    /// <summary>Pins a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="name">File name.</param>
    /// <exception cref="EbpfException">The name is taken (EEXIST).</exception>
    public void Pin(BpfLink link, string name)
    {
        ArgumentNullException.ThrowIfNull(link);
        link.Pin(PathOf(name));
    }

    /// <summary>Opens a pinned map, checking its shape.</summary>
    /// <param name="name">File name.</param>
    /// <param name="expected">Shape that the map must have, or null for any.</param>
    /// <param name="map">The map.</param>
    /// <returns>False when nothing is pinned under the name.</returns>
    /// <exception cref="MapShapeMismatchException">The shape differs; the message says how.</exception>
    public bool TryOpenMap(string name, MapShape? expected, [NotNullWhen(true)] out BpfMap? map)
    {
        string path = PathOf(name);
        if (!BpfMap.TryOpenPinned(path, out map))
        {
            return false;
        }

        try
        {
            expected?.RequireEqual(map.Shape, $"map pinned at {path}");
            return true;
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Opens a pinned program.</summary>
    /// <param name="name">File name.</param>
    /// <param name="program">The program.</param>
    /// <returns>False when nothing is pinned under the name.</returns>
    public bool TryOpenProgram(string name, [NotNullWhen(true)] out BpfProgram? program) => BpfProgram.TryOpenPinned(PathOf(name), out program);

    /// <summary>Opens a pinned link.</summary>
    /// <param name="name">File name.</param>
    /// <param name="link">The link.</param>
    /// <returns>False when nothing is pinned under the name.</returns>
    public bool TryOpenLink(string name, [NotNullWhen(true)] out BpfLink? link)
    {
        string path = PathOf(name);
        try
        {
            link = BpfLink.OpenPinned(path);
            return true;
        }
        catch (EbpfException e) when (e.Errno == Errno.ENOENT)
        {
            link = null;
            return false;
        }
    }

    /// <summary>Removes a pin. The object lives on while something else refers to it.</summary>
    /// <param name="name">File name.</param>
    /// <returns>False when nothing was pinned under the name.</returns>
    public bool Unpin(string name)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
        {
            return false;
        }

        File.Delete(path);
        return true;
    }

    /// <summary>Gives a pin another name in one step; what is pinned under that name already loses it.</summary>
    /// <param name="name">File name.</param>
    /// <param name="newName">The other file name.</param>
    /// <exception cref="FileNotFoundException">Nothing is pinned under the name.</exception>
    public void Rename(string name, string newName) => File.Move(PathOf(name), PathOf(newName), overwrite: true);

    /// <summary>Removes every pin in the directory and below, and the directory. Other directories are not touched.</summary>
    public void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static PinKind KindOf(string path)
    {
        Libbpf.Require();
        int fd = Libbpf.OpenPinned(path);
        if (fd < 0)
        {
            throw new EbpfException($"open what is pinned at {path}", -fd);
        }

        using BpfHandle handle = new(fd);
        return ObjectKind.Of(fd) switch
        {
            ObjectKind.Map => PinKind.Map,
            ObjectKind.Program => PinKind.Program,
            ObjectKind.Link => PinKind.Link,
            _ => PinKind.Other,
        };
    }

    private static void RequireBpfFs(string path)
    {
        string? existing = path;
        while (existing is not null && !Directory.Exists(existing))
        {
            existing = System.IO.Path.GetDirectoryName(existing);
        }

        if (existing is null || !BpfFs.Contains(existing))
        {
            throw new EbpfException($"open the pin directory {path}", 0, detail: $"{existing} is not in a bpffs: mount one ('mount -t bpf bpf {BpfFs.DefaultPath}') or call BpfFs.EnsureMounted");
        }
    }
}
