using Loxi.Ebpf.Native.Objects;

namespace Loxi.Nat.DataPlane;

/// <summary>Loads the objects that are embedded in the assembly, each time anew.</summary>
internal sealed class ObjectLoader : IObjectLoader
{
    public static ObjectLoader Instance { get; } = new();

    public BpfObject Load(string name, Action<BpfObject> prepare)
    {
        var loaded = BpfObject.OpenEmbedded(typeof(ObjectLoader).Assembly, name + ".bpf.o");
        try
        {
            prepare(loaded);
            loaded.Load();
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    public void Release(BpfObject loaded) => loaded.Dispose();
}
