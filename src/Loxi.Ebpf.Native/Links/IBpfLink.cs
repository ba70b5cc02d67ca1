using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Links;

/// <summary>A program's attachment to an interface.</summary>
public interface IBpfLink : IDisposable
{
    /// <summary>Reads the attachment's state from the kernel.</summary>
    /// <exception cref="EbpfException">The kernel refused, or the attachment is gone (ENOENT).</exception>
    LinkInfo ReadInfo();

    /// <summary>
    /// Asks the kernel whether the attachment is still on the interface: it is not when somebody else took it off, or when the interface is gone. A filter is not either when another program has
    /// its place; a link stays what it is whatever program it was given (<see cref="Update"/>, by whoever has it open): <see cref="ReadInfo"/> tells which it runs.
    /// </summary>
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
