using Loxi.Ebpf.Native.Objects;

namespace Loxi.Ebpf.Native.RootTests;

internal static class TestObjects
{
    public static BpfObject Open(string name) => BpfObject.OpenEmbedded(typeof(TestObjects).Assembly, name + ".bpf.o");

    public static BpfObject Load(string name)
    {
        BpfObject result = Open(name);
        result.Load();
        return result;
    }
}
