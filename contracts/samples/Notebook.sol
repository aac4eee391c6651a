// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {console} from "enigma/console.sol";

/// @title Stamp
/// @notice Numbers what it is shown.
contract Stamp {
    uint256 private count;

    /// @notice The next number; refuses text that is too long.
    function next(string calldata text) external returns (uint256 number) {
        require(bytes(text).length <= 64, "too long");
        console.log("stamping", text);
        number = ++count;
    }
}

/// @title Notebook
/// @notice Keeps notes of every kind of value, and says what it does: something to try traces, console.log and the storage reader on.
contract Notebook {
    /// How private a note is.
    enum Privacy {
        OPEN,
        SEALED
    }

    struct Note {
        address author;
        uint64 writtenAt;
        Privacy privacy;
        string text;
        uint256[] marks;
    }

    /// The note with this number is not there.
    error NoSuchNote(uint256 number, uint256 notes);

    event Noted(address indexed author, uint256 indexed number, string text);

    address private immutable owner = msg.sender;
    Stamp private stamp = new Stamp();
    bool private closed;
    int64 private balance = -7;
    bytes4 private tag = 0xc0ffee00;
    string private title = "Notes that nobody reads but those who may, and those who wrote them";
    string private motto = "short";
    Note[] private notes;
    mapping(address author => uint256[] numbers) private byAuthor;
    mapping(address author => mapping(string word => uint256 times)) private words;
    uint16[5] private small = [1, 2, 3, 4, 5];
    bytes private raw;

    /// @notice Writes a note and gives its number.
    function write(string calldata text, Privacy privacy) external returns (uint256 number) {
        console.log("note of", msg.sender);
        number = stamp.next(text);
        Note storage note = notes.push();
        note.author = msg.sender;
        note.writtenAt = uint64(block.number);
        note.privacy = privacy;
        note.text = text;
        note.marks.push(number);
        byAuthor[msg.sender].push(number);
        words[msg.sender][text] += 1;
        emit Noted(msg.sender, number, text);
    }

    /// @notice A note by its number, counted from 1.
    function read(uint256 number) external view returns (string memory) {
        console.log("reading", number);
        if (number == 0 || number > notes.length) revert NoSuchNote(number, notes.length);
        return notes[number - 1].text;
    }
}
