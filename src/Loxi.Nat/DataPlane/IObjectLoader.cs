using Loxi.Ebpf.Native.Objects;

namespace Loxi.Nat.DataPlane;

/// <summary>Where the data plane has its objects from.</summary>
internal interface IObjectLoader
{
    /// <summary>An object in the kernel.</summary>
    /// <param name="name">Its name, without an extension.</param>
    /// <param name="prepare">What is to be done between opening and loading: sizes, maps of others, constants.</param>
    BpfObject Load(string name, Action<BpfObject> prepare);

    /// <summary>An object that its user needs no more.</summary>
    void Release(BpfObject loaded);
}
