using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Links;

/// <summary>A program's attachment to an interface.</summary>
public interface IBpfLink : IDisposable
{
    /// <summary>Reads the attachment's state from the kernel.</summary>
    /// <exception cref="EbpfException">The kernel refused, or the attachment is gone (ENOENT).</exception>
    LinkInfo ReadInfo();

    /// <summary>Asks the kernel whether the program is still on the interface: it is not when somebody else took it off or replaced it, or when the interface is gone.</summary>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    bool IsAttached();

    /// <summary>Replaces the program without a packet in between that sees neither.</summary>
    /// <param name="program">New program of the same type.</param>
    /// <exception cref="EbpfException">The kernel refused, or the attachment is gone.</exception>
    void Update(BpfProgram program);

    /// <summary>Takes the program off the interface. Does nothing when it is off already.</summary>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    void Detach();
}
