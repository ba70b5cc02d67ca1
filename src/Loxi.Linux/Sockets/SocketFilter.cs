using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>Attaches classic BPF programs to sockets.</summary>
internal static unsafe class SocketFilter
{
    private const int Longest = 4096;

    /// <summary>Replaces the filter of a socket; an empty program takes it off.</summary>
    internal static void Set(SafeDescriptor descriptor, ReadOnlySpan<BpfInstruction> filter, string what)
    {
        if (!filter.IsEmpty)
        {
            Attach(descriptor, Libc.SoAttachFilter, filter, "attach filter to", what);
        }
        else if (Libc.SetOption(descriptor, Libc.SolSocket, Libc.SoDetachFilter, 0) != 0 && Libc.LastError != Errno.ENOENT)
        {
            throw Libc.Failure("detach filter from", what);
        }
    }

    /// <summary>Attaches a program by one of the options that take a struct sock_fprog.</summary>
    internal static void Attach(SafeDescriptor descriptor, int option, ReadOnlySpan<BpfInstruction> program, string operation, string what)
    {
        if (program.Length is 0 or > Longest)
        {
            throw new ArgumentException($"A filter has 1 to {Longest} instructions, not {program.Length}.", nameof(program));
        }

        fixed (BpfInstruction* first = program)
        {
            var native = new Libc.FilterProgram { Length = (ushort)program.Length, Instructions = first };
            if (Libc.SetOption(descriptor, Libc.SolSocket, option, &native, (uint)sizeof(Libc.FilterProgram)) != 0)
            {
                throw Libc.Failure(operation, what, $"{program.Length} instructions");
            }
        }
    }
}
